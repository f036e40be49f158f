using System.Net;
using Akka.Actor;
using Scp.Streams;
using Scp.Streams.Dispatch;
using Scp.Streams.Telemetry;

namespace Scp.Actors.Connections;

/// <summary>What a listener is started with and what a reload changes.</summary>
/// <param name="Settings">Validated settings.</param>
/// <param name="Snapshot">What its connections read.</param>
/// <param name="Shape">The layers of their pipeline.</param>
public sealed record ListenerState(ListenerSettings Settings, ProxySnapshot Snapshot, PipelineShape Shape)
    : INoSerializationVerificationNeeded;

/// <summary>Open the listening socket if it is not open; answered by <see cref="Bound"/> or <see cref="BindFailed"/>.</summary>
public sealed record Bind : INoSerializationVerificationNeeded
{
    public static readonly Bind Instance = new();
}

/// <summary>The listener accepts connections there.</summary>
public sealed record Bound(string Listener, EndPoint EndPoint) : INoSerializationVerificationNeeded;

/// <summary>The listener could not open its socket.</summary>
public sealed record BindFailed(string Listener, string Address, string Reason) : INoSerializationVerificationNeeded;

/// <summary>Stop accepting, let exchanges finish; answered by <see cref="Drained"/>.</summary>
/// <param name="CloseIdleAfter">How long idle connections may still bring a request.</param>
/// <param name="HardStop">What is under way then is cut.</param>
public sealed record DrainConnections(TimeSpan CloseIdleAfter, TimeSpan HardStop) : INoSerializationVerificationNeeded;

/// <summary>The listener has no connections any more.</summary>
/// <param name="Listener">Its name.</param>
/// <param name="Cut">Connections that were cut at the hard stop.</param>
public sealed record Drained(string Listener, int Cut) : INoSerializationVerificationNeeded;

/// <summary>What the data plane of a listener reports to.</summary>
public interface IListenerTelemetry : IExchangeObserver
{
    /// <summary>Makes spans; null when tracing is off.</summary>
    RequestTracing? Tracing { get; }

    /// <summary>What is counted of a backend; null when nothing is.</summary>
    UpstreamMetrics? Upstream(string pool, string backend);

    /// <summary>The backend is configured no more.</summary>
    void ForgetUpstream(string pool, string backend);

    void ConnectionAccepted(string listener);

    void ConnectionClosed(string listener);
}
