using System.Text;
using Scp.Streams.Transport;

namespace Scp.Tests.Support;

/// <summary>
/// A client or an origin at the other end of an <see cref="InMemoryTransport"/>: says text (Latin-1, so that a character is a byte), and
/// keeps what it heard.
/// </summary>
internal class MemoryPeer : ITransportHandler
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly InMemoryTransport _transport;
    private readonly Lock _lock = new();
    private readonly StringBuilder _received = new();
    private readonly Queue<byte[]> _outgoing = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private bool _isSending, _isReceiving, _finishes, _isPaused;

    public MemoryPeer(InMemoryTransport transport)
    {
        _transport = transport;
        transport.Handler = this;
    }

    /// <summary>How what is sent is cut into packets; null sends it in one piece.</summary>
    public Rechunker? Cuts { get; set; }

    /// <summary>Everything that came so far.</summary>
    public string Received
    {
        get
        {
            lock (_lock) return _received.ToString();
        }
    }

    /// <summary>What came behind the first so many bytes.</summary>
    protected string ReceivedFrom(int start)
    {
        lock (_lock) return _received.ToString(start, _received.Length - start);
    }

    /// <summary>FIN came: the other side ended the stream in good order.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>RST came: the stream was cut.</summary>
    public bool IsReset { get; private set; }

    public bool IsOver => IsFinished || IsReset;

    public void Start() => InlineScope.Run(static p => p.ReceiveMore(), this);

    public void Send(string text)
    {
        foreach (var piece in Cuts?.Cut(Encoding.Latin1.GetBytes(text)) ?? [Encoding.Latin1.GetBytes(text)])
        {
            lock (_lock) _outgoing.Enqueue(piece);
            InlineScope.Run(static p => p.SendMore(), this);
        }
    }

    /// <summary>FIN after everything that was said.</summary>
    public void Finish()
    {
        lock (_lock) _finishes = true;
        InlineScope.Run(static p => p.SendMore(), this);
    }

    /// <summary>RST.</summary>
    public void Abort() => InlineScope.Run(static t => t.Abort(), _transport);

    /// <summary>Stops taking bytes, until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        lock (_lock) _isPaused = true;
    }

    public void Resume()
    {
        lock (_lock) _isPaused = false;
        Start();
    }

    /// <summary>Waits until what came ends with the text.</summary>
    public string ReadUntil(string end)
    {
        Wait(() => Received.EndsWith(end, StringComparison.Ordinal) || IsOver, $"'{end}'");
        Assert.True(Received.EndsWith(end, StringComparison.Ordinal), $"The connection ended before '{end}' came; what came is:\n{Received}");
        return Received;
    }

    /// <summary>Waits until so many bytes came.</summary>
    public string ReadLength(int length)
    {
        Wait(() => ReceivedLength >= length || IsOver, $"{length} bytes");
        return Received;
    }

    /// <summary>Waits for FIN and returns everything.</summary>
    public string ReadToEnd()
    {
        Wait(() => IsOver, "the end");
        Assert.False(IsReset, $"The connection was reset; what came is:\n{Received}");
        return Received;
    }

    /// <summary>Waits for RST and returns what came before it.</summary>
    public string ReadToReset()
    {
        Wait(() => IsOver, "the reset");
        Assert.True(IsReset, $"The connection ended cleanly; what came is:\n{Received}");
        return Received;
    }

    public int ReceivedLength
    {
        get
        {
            lock (_lock) return _received.Length;
        }
    }

    void ITransportHandler.OnReceived(TransportResult result)
    {
        _isReceiving = false;
        if (Take(result)) ReceiveMore();
    }

    void ITransportHandler.OnSent(TransportResult result)
    {
        lock (_lock) _isSending = false;
        SendMore();
    }

    /// <summary>Called for all that came, on the thread that brought it.</summary>
    protected virtual void Heard()
    {
    }

    private void Wait(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, Deadline), $"Waited in vain for {what}; what came is:\n{Received}");

    private void ReceiveMore()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_isPaused || _isReceiving || IsOver) return;
                _isReceiving = true;
            }

            var result = _transport.Receive(_buffer);
            if (result.IsPending) return;
            _isReceiving = false;
            if (!Take(result)) return;
        }
    }

    private bool Take(TransportResult result)
    {
        if (result.IsFailed) IsReset = true;
        else if (result.IsEndOfStream) IsFinished = true;
        else
        {
            lock (_lock) _received.Append(Encoding.Latin1.GetString(_buffer, 0, result.Bytes));
        }

        Heard();
        return !IsOver;
    }

    private void SendMore()
    {
        while (true)
        {
            byte[]? next;
            lock (_lock)
            {
                if (_isSending) return;
                if (!_outgoing.TryDequeue(out next))
                {
                    if (_finishes) _transport.ShutdownSend();
                    return;
                }

                _isSending = true;
            }

            if (_transport.Send(next).IsPending) return;
            lock (_lock) _isSending = false;
        }
    }
}
