using System.Net;
using Akka.Dispatch;

namespace Scp.Streams.Transport;

/// <summary>
/// The in-memory twin of a socket: two ends joined by two bounded byte queues. A completion runs inside an
/// <see cref="InlineScope"/> on the thread that caused it, so a conversation replays the same way every time. Its capacity stands for
/// the kernel's socket buffers: a sender that outruns its reader waits.
/// </summary>
public sealed class InMemoryTransport : ITransport
{
    private readonly Pipe _incoming;
    private readonly Pipe _outgoing;
    private ITransportHandler _handler = new NullHandler();

    private InMemoryTransport(Pipe incoming, Pipe outgoing, EndPoint local, EndPoint remote)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        _incoming.Reader = this;
        _outgoing.Writer = this;
    }

    public ITransportHandler Handler
    {
        get => Volatile.Read(ref _handler);
        set => Volatile.Write(ref _handler, value);
    }

    public EndPoint LocalEndPoint { get; }

    public EndPoint RemoteEndPoint { get; }

    /// <summary>Joins two ends. <paramref name="capacity"/> bytes may be under way in each direction.</summary>
    public static (InMemoryTransport Client, InMemoryTransport Server) CreatePair(
        int capacity = 64 * 1024, EndPoint? client = null, EndPoint? server = null)
    {
        client ??= new IPEndPoint(IPAddress.Loopback, 50000);
        server ??= new IPEndPoint(IPAddress.Loopback, 8080);
        var toServer = new Pipe(capacity);
        var toClient = new Pipe(capacity);
        return (new InMemoryTransport(toClient, toServer, client, server), new InMemoryTransport(toServer, toClient, server, client));
    }

    public TransportResult Receive(Memory<byte> buffer) => _incoming.Read(buffer);

    public TransportResult Send(ReadOnlyMemory<byte> bytes) => _outgoing.Write([bytes]);

    public TransportResult Send(IList<ArraySegment<byte>> segments) => _outgoing.Write([.. segments.Select(s => (ReadOnlyMemory<byte>)s)]);

    public void ShutdownSend() => _outgoing.Finish();

    public void Abort()
    {
        _outgoing.Break();
        _incoming.Break();
    }

    public void Dispose()
    {
        _outgoing.CloseWriter();
        _incoming.CloseReader();
    }

    private sealed class NullHandler : ITransportHandler
    {
        public void OnReceived(TransportResult result)
        {
        }

        public void OnSent(TransportResult result)
        {
        }
    }

    /// <summary>Runs a completion later when a scope is open on this thread, so that a caller is never re-entered.</summary>
    private sealed class Delivery(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => action();
    }

    /// <summary>One direction. All state under one lock; completions are delivered outside it.</summary>
    private sealed class Pipe(int capacity)
    {
        private readonly Lock _lock = new();
        private readonly Queue<byte[]> _chunks = new();
        private int _headOffset, _buffered;
        private bool _finished, _broken, _readerClosed, _writerClosed;
        private Memory<byte>? _pendingRead;
        private List<ReadOnlyMemory<byte>>? _pendingWrite;
        private int _pendingWriteTotal;

        public InMemoryTransport Reader { get; set; } = null!;

        public InMemoryTransport Writer { get; set; } = null!;

        public TransportResult Read(Memory<byte> buffer)
        {
            TransportResult result;
            Action? wake;
            lock (_lock)
            {
                result = TryRead(buffer);
                if (result.IsPending) _pendingRead = buffer;
                wake = RefillFromPendingWrite();
            }

            Deliver(wake);
            return result;
        }

        public TransportResult Write(List<ReadOnlyMemory<byte>> segments)
        {
            Action? wake;
            TransportResult result;
            lock (_lock)
            {
                if (_broken || _finished || _readerClosed) return TransportResult.Failed;
                var total = segments.Sum(s => s.Length);
                var rest = Enqueue(segments);
                if (rest.Count == 0) result = TransportResult.Completed(total);
                else
                {
                    _pendingWrite = rest;
                    _pendingWriteTotal = total;
                    result = TransportResult.Pending;
                }

                wake = CompletePendingRead();
            }

            Deliver(wake);
            return result;
        }

        public void Finish() => Change(() => _finished = true);

        public void Break() => Change(() =>
        {
            _broken = true;
            _chunks.Clear();
            _buffered = 0;
        });

        public void CloseWriter() => Change(() => _finished = _writerClosed = true);

        public void CloseReader() => Change(() => _readerClosed = true);

        private void Change(Action change)
        {
            Action? wakeReader, wakeWriter;
            lock (_lock)
            {
                change();
                wakeReader = CompletePendingRead();
                wakeWriter = RefillFromPendingWrite();
            }

            Deliver(wakeReader);
            Deliver(wakeWriter);
        }

        private TransportResult TryRead(Memory<byte> buffer)
        {
            if (_readerClosed || _broken) return TransportResult.Failed;
            if (_buffered > 0)
            {
                if (buffer.IsEmpty) return TransportResult.Completed(0); // readiness only
                return TransportResult.Completed(Dequeue(buffer.Span));
            }

            return _finished && _pendingWrite is null ? TransportResult.Completed(0) : TransportResult.Pending;
        }

        private int Dequeue(Span<byte> target)
        {
            var copied = 0;
            while (copied < target.Length && _chunks.TryPeek(out var chunk))
            {
                var take = Math.Min(chunk.Length - _headOffset, target.Length - copied);
                chunk.AsSpan(_headOffset, take).CopyTo(target[copied..]);
                copied += take;
                _headOffset += take;
                if (_headOffset < chunk.Length) break;
                _chunks.Dequeue();
                _headOffset = 0;
            }

            _buffered -= copied;
            return copied;
        }

        private List<ReadOnlyMemory<byte>> Enqueue(List<ReadOnlyMemory<byte>> segments)
        {
            var rest = new List<ReadOnlyMemory<byte>>();
            foreach (var segment in segments)
            {
                var take = Math.Min(segment.Length, capacity - _buffered);
                if (take > 0)
                {
                    _chunks.Enqueue(segment[..take].ToArray());
                    _buffered += take;
                }

                if (take < segment.Length) rest.Add(segment[take..]);
            }

            return rest;
        }

        private Action? CompletePendingRead()
        {
            if (_pendingRead is not { } buffer) return null;
            var result = TryRead(buffer);
            if (result.IsPending) return null;
            _pendingRead = null;
            var refill = RefillFromPendingWrite();
            return () =>
            {
                Reader.Handler.OnReceived(result);
                refill?.Invoke();
            };
        }

        private Action? RefillFromPendingWrite()
        {
            if (_pendingWrite is not { } segments) return null;
            if (_broken || _readerClosed || _writerClosed)
            {
                _pendingWrite = null;
                return () => Writer.Handler.OnSent(TransportResult.Failed);
            }

            var rest = Enqueue(segments);
            var wake = CompletePendingRead();
            if (rest.Count > 0)
            {
                _pendingWrite = rest;
                return wake;
            }

            _pendingWrite = null;
            var total = _pendingWriteTotal;
            return () =>
            {
                Writer.Handler.OnSent(TransportResult.Completed(total));
                wake?.Invoke();
            };
        }

        private static void Deliver(Action? action)
        {
            if (action is null) return;
            if (InlineScope.IsOpen) InlineScope.Schedule(new Delivery(action));
            else InlineScope.Run(static a => a(), action);
        }
    }
}
