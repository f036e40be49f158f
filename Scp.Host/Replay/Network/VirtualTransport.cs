using System.Net;
using Scp.Host.Replay.Time;
using Scp.Streams.Transport;

namespace Scp.Host.Replay.Network;

/// <summary>The other end of a <see cref="VirtualTransport"/>. It hears at once, and answers in an event of its own.</summary>
internal interface IVirtualPeer
{
    void OnBytes(ReadOnlySpan<byte> bytes);

    /// <summary>FIN: nothing more will come; it may still be answered.</summary>
    void OnEnd();

    /// <summary>The proxy closed the connection.</summary>
    void OnClosed(bool isReset);
}

/// <summary>
/// The proxy's end of a connection in a replay. A send always completes at once, because a virtual peer takes everything; a receive completes
/// in the turn in which the peer speaks. Never re-enters its caller.
/// </summary>
internal sealed class VirtualTransport(VirtualLoop loop, EndPoint local, EndPoint remote) : ITransport
{
    private byte[] _buffered = [];
    private int _start, _end;
    private Memory<byte>? _receiving;
    private bool _ended, _isReset, _isClosed;

    /// <summary>Set before the proxy gets the transport.</summary>
    public IVirtualPeer Peer { get; set; } = null!;

    public ITransportHandler Handler { get; set; } = null!;

    public EndPoint LocalEndPoint { get; } = local;

    public EndPoint RemoteEndPoint { get; } = remote;

    public bool IsClosed => _isClosed;

    public TransportResult Receive(Memory<byte> buffer)
    {
        var result = TryReceive(buffer);
        if (result.IsPending) _receiving = buffer;
        return result;
    }

    public TransportResult Send(IList<ArraySegment<byte>> segments)
    {
        if (_isClosed || _isReset) return TransportResult.Failed;
        var total = 0;
        foreach (var segment in segments)
        {
            Peer.OnBytes(segment);
            total += segment.Count;
        }

        return TransportResult.Completed(total);
    }

    public TransportResult Send(ReadOnlyMemory<byte> bytes)
    {
        if (_isClosed || _isReset) return TransportResult.Failed;
        Peer.OnBytes(bytes.Span);
        return TransportResult.Completed(bytes.Length);
    }

    public void ShutdownSend()
    {
        if (!_isClosed && !_isReset) Peer.OnEnd();
    }

    public void Abort() => Close(isReset: true);

    public void Dispose() => Close(isReset: false);

    /// <summary>The peer speaks.</summary>
    public void Deliver(ReadOnlySpan<byte> bytes)
    {
        if (_isClosed || _isReset) return;
        Keep(bytes);
        Complete();
    }

    /// <summary>The peer sends FIN.</summary>
    public void DeliverEnd()
    {
        _ended = true;
        Complete();
    }

    /// <summary>The peer sends RST: what it said before and was not read is lost.</summary>
    public void DeliverReset()
    {
        _isReset = true;
        _start = _end = 0;
        Complete();
    }

    /// <summary>The peer's kernel answers with RST, in an event of its own.</summary>
    public void ResetLater() => loop.Post(DeliverReset);

    private void Close(bool isReset)
    {
        if (_isClosed) return;
        _isClosed = true;
        if (_receiving is not null) loop.Post(Complete);
        if (!_isReset) Peer.OnClosed(isReset);
    }

    private TransportResult TryReceive(Memory<byte> buffer)
    {
        if (_isClosed || _isReset) return TransportResult.Failed;
        if (_start == _end) return _ended ? TransportResult.Completed(0) : TransportResult.Pending;
        var length = Math.Min(buffer.Length, _end - _start);
        _buffered.AsSpan(_start, length).CopyTo(buffer.Span);
        _start += length;
        return TransportResult.Completed(length);
    }

    private void Complete()
    {
        if (_receiving is not { } buffer || TryReceive(buffer) is not { IsPending: false } result) return;
        _receiving = null;
        Handler.OnReceived(result);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_start == _end) _start = _end = 0;
        if (_buffered.Length - _end < bytes.Length)
        {
            var larger = new byte[Math.Max(512, 2 * (_end - _start + bytes.Length))];
            _buffered.AsSpan(_start, _end - _start).CopyTo(larger);
            (_buffered, _end, _start) = (larger, _end - _start, 0);
        }

        bytes.CopyTo(_buffered.AsSpan(_end));
        _end += bytes.Length;
    }
}
