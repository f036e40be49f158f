using System.Collections.Concurrent;
using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

/// <summary>Hears the completions of one transport and lets a test wait for them.</summary>
internal sealed class Recorder : ITransportHandler
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly BlockingCollection<TransportResult> _received = [];
    private readonly BlockingCollection<TransportResult> _sent = [];
    private int _outsideScope;

    public Recorder(ITransport transport)
    {
        Transport = transport;
        transport.Handler = this;
    }

    public ITransport Transport { get; }

    public int CompletionsOutsideScope => Volatile.Read(ref _outsideScope);

    /// <summary>Completions that nobody has waited for.</summary>
    public int Uncollected => _received.Count + _sent.Count;

    public void OnReceived(TransportResult result) => Add(_received, result);

    public void OnSent(TransportResult result) => Add(_sent, result);

    public TransportResult Receive(Memory<byte> buffer) => Transport.Receive(buffer) is { IsPending: false } result ? result : AwaitReceived();

    public TransportResult AwaitReceived() => Await(_received, "receive");

    public TransportResult AwaitSent() => Await(_sent, "send");

    public TransportResult Send(ReadOnlyMemory<byte> bytes) => Transport.Send(bytes) is { IsPending: false } result ? result : AwaitSent();

    /// <summary>Receives that many bytes, or fewer when the stream ends before.</summary>
    public byte[] ReceiveExactly(int count)
    {
        var bytes = new byte[count];
        var have = 0;
        while (have < count)
        {
            var result = Receive(bytes.AsMemory(have, Math.Min(count - have, 64 * 1024)));
            Assert.False(result.IsFailed, $"The receive failed after {have} of {count} bytes.");
            if (result.IsEndOfStream) return bytes[..have];
            have += result.Bytes;
        }

        return bytes;
    }

    private void Add(BlockingCollection<TransportResult> results, TransportResult result)
    {
        if (!InlineScope.IsOpen) Interlocked.Increment(ref _outsideScope);
        results.Add(result);
    }

    private static TransportResult Await(BlockingCollection<TransportResult> results, string what)
    {
        Assert.True(results.TryTake(out var result, Patience), $"The {what} was never completed.");
        return result;
    }
}
