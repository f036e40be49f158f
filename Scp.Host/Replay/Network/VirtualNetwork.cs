using System.Net;
using Scp.Host.Replay.Time;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;

namespace Scp.Host.Replay.Network;

/// <summary>Who asks for a connection: what is said for a probe counts for nobody's traffic.</summary>
internal enum Caller
{
    Traffic,
    Probe,
}

/// <summary>The network between the proxy and the virtual backends.</summary>
internal sealed class VirtualNetwork(VirtualLoop loop)
{
    /// <summary>From SYN to the answer: a round trip in a data centre.</summary>
    public static readonly TimeSpan RoundTrip = TimeSpan.FromMicroseconds(500);

    private static readonly IPEndPoint Proxy = new(IPAddress.Parse("10.255.0.1"), 40000);

    private readonly Dictionary<string, VirtualBackend> _backends = [];

    public void Add(VirtualBackend backend) => _backends.Add(backend.Address, backend);

    /// <summary>The connector of the data plane, or of the probes.</summary>
    public IConnector ConnectorOf(Caller caller) => new Connector(this, caller);

    private void Answer(Attempt attempt, VirtualBackend? backend, EndPoint address, Caller caller)
    {
        if (attempt.IsCancelled) return;
        if (backend is null || backend.Reachability == Reachability.Refuses)
        {
            backend?.NoteRefused(caller);
            attempt.Completed(new ConnectResult(null, ProxyError.ConnectRefused));
        }
        else if (backend.Reachability == Reachability.Accepts)
        {
            var transport = new VirtualTransport(loop, Proxy, address);
            transport.Peer = backend.Accept(transport, caller);
            attempt.Completed(new ConnectResult(transport, ProxyError.None));
        }

        // Otherwise nothing comes back, and the proxy's own limit ends the attempt.
    }

    private sealed class Connector(VirtualNetwork network, Caller caller) : IConnector
    {
        public IConnectAttempt Connect(EndPoint address, Action<ConnectResult> completed)
        {
            var backend = network._backends.GetValueOrDefault(address.ToString() ?? "");
            var attempt = new Attempt(completed);
            network.Loop.After(RoundTrip, () => network.Answer(attempt, backend, address, caller));
            return attempt;
        }
    }

    private VirtualLoop Loop => loop;

    private sealed class Attempt(Action<ConnectResult> completed) : IConnectAttempt
    {
        public bool IsCancelled { get; private set; }

        public Action<ConnectResult> Completed { get; } = completed;

        public void Cancel() => IsCancelled = true;
    }
}
