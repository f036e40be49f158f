using System.Net;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Transport;

namespace Scp.Tests.Support;

/// <summary>The origin of a <see cref="PipelineHarness"/>: keeps every connection that the proxy made to it, and runs a script on each.</summary>
internal sealed class MemoryOrigin(Action<MemoryOriginConnection> script) : IConnector
{
    private readonly Lock _lock = new();
    private readonly List<MemoryOriginConnection> _connections = [];

    public IReadOnlyList<MemoryOriginConnection> Connections
    {
        get
        {
            lock (_lock) return [.. _connections];
        }
    }

    /// <summary>What came over all connections, one after the other.</summary>
    public string Received => string.Concat(Connections.Select(c => c.Received));

    /// <summary>What becomes of connections to an address; null accepts them all.</summary>
    public Func<EndPoint, ConnectFate>? Fate { get; set; }

    /// <summary>The connections to a port.</summary>
    public IReadOnlyList<MemoryOriginConnection> At(int port) => [.. Connections.Where(c => (c.Address as IPEndPoint)?.Port == port)];

    /// <summary>Cuts the answers of every connection.</summary>
    public Func<Rechunker>? Cuts { get; set; }

    /// <summary>Waits for the n-th connection, from 0.</summary>
    public MemoryOriginConnection Connection(int index = 0)
    {
        Eventually.Holds(() => Connections.Count > index, "The proxy did not connect to the origin.");
        return Connections[index];
    }

    public IConnectAttempt Connect(EndPoint address, Action<ConnectResult> completed)
    {
        var fate = Fate?.Invoke(address) ?? ConnectFate.Accepted;
        if (fate == ConnectFate.Refused) completed(new ConnectResult(null, ProxyError.ConnectRefused));
        if (fate != ConnectFate.Accepted) return NoAttempt.Instance;
        var (client, server) = InMemoryTransport.CreatePair();
        MemoryOriginConnection connection;
        lock (_lock)
        {
            connection = new MemoryOriginConnection(server, _connections.Count, script) { Cuts = Cuts?.Invoke(), Address = address };
            _connections.Add(connection);
        }

        connection.Start();
        completed(new ConnectResult(client, ProxyError.None));
        return NoAttempt.Instance;
    }

    private sealed class NoAttempt : IConnectAttempt
    {
        public static readonly NoAttempt Instance = new();

        public void Cancel()
        {
        }
    }
}

/// <summary>One connection from the proxy. The script is called whenever something came on it, FIN and RST too.</summary>
internal sealed class MemoryOriginConnection(InMemoryTransport transport, int index, Action<MemoryOriginConnection> script) : MemoryPeer(transport)
{
    private int _answered;

    /// <summary>Where the proxy meant to connect to.</summary>
    public EndPoint? Address { get; init; }

    /// <summary>Counts the connections from 0.</summary>
    public int Index { get; } = index;

    /// <summary>What came and was not taken by <see cref="TryTake"/>.</summary>
    public string Unanswered => ReceivedFrom(_answered);

    /// <summary>Takes a whole message off what came: a head, and content as its Content-Length or chunked coding says.</summary>
    public bool TryTake(out string message)
    {
        message = "";
        if (IsReset || !RawMessage.TryMeasure(Unanswered, out var length)) return false;
        message = Unanswered[..length];
        _answered += length;
        return true;
    }

    /// <summary>Takes the head of a message only: what follows it is not taken for content.</summary>
    public bool TryTakeHead()
    {
        var end = Unanswered.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (IsReset || end < 0) return false;
        _answered += end + 4;
        return true;
    }

    protected override void Heard() => script(this);
}

/// <summary>What becomes of an attempt to connect.</summary>
internal enum ConnectFate
{
    Accepted,
    Refused,

    /// <summary>Nothing, for ever.</summary>
    Hanging,
}
