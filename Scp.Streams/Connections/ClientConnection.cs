using Akka.Streams;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;
using Scp.Streams.Transport;

namespace Scp.Streams.Connections;

/// <summary>
/// One client connection: what the graph that serves it is given, as an attribute, when the shared blueprint is
/// materialised for it.
/// </summary>
public sealed class ClientConnection : Attributes.IAttribute, IEquatable<ClientConnection>
{
    private Action<object>? _control;
    private Action? _closed;
    private int _isClosed;

    public required ClientConnectionInfo Info { get; init; }

    public required ITransport Transport { get; init; }

    public required PipelineState Pipeline { get; init; }

    public required Clock Clock { get; init; }

    /// <summary>Opens connections to backends.</summary>
    public required IConnector Connector { get; init; }

    /// <summary>Hears of each exchange when it ends.</summary>
    public required IExchangeObserver Observer { get; init; }

    /// <summary>The randomness of the decisions about its requests.</summary>
    public required PickRandom Random { get; init; }

    /// <summary>Makes spans; null when tracing is off.</summary>
    public RequestTracing? Tracing { get; init; }

    /// <summary>Bytes that were received before the graph began, or null.</summary>
    public (IoBuffer Buffer, int Start, int End)? Initial { get; set; }

    /// <summary>Milliseconds of the clock at which the first request head must be complete.</summary>
    public long FirstHeadDeadline { get; init; } = Clock.Never;

    public Deadlines Deadlines { get; } = new();

    /// <summary>Called once by whoever owns the connection, before the graph starts.</summary>
    public void OnClosed(Action closed) => _closed = closed;

    /// <summary>Speaks to the graph from any thread; nothing happens when it has ended.</summary>
    public void Tell(ConnectionCommand command) => Volatile.Read(ref _control)?.Invoke(command);

    internal void Attach(Action<object> control) => Volatile.Write(ref _control, control);

    internal void NotifyClosed()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0) _closed?.Invoke();
    }

    public bool Equals(ClientConnection? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Info.Id.GetHashCode();
}

/// <summary>What the control plane may ask of a running connection.</summary>
public enum ConnectionCommand : byte
{
    /// <summary>Compare the deadlines with the clock.</summary>
    Tick,

    /// <summary>Close now if no exchange is under way, else after its response.</summary>
    CloseWhenIdle,

    /// <summary>Reset, whatever is under way.</summary>
    Abort,
}
