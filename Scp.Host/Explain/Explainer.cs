using System.Net;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Actors.Decisions;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Host.Explain;

/// <summary>What somebody wants to have explained.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Url">Its URL, or a path when a header names the host.</param>
/// <param name="Headers">Field lines, each "Name: value".</param>
/// <param name="Listener">Where it comes in; null takes the first listener.</param>
/// <param name="Client">The client's address; null is 127.0.0.1.</param>
/// <param name="Seed">Of the random.</param>
internal sealed record ExplainQuery(string Method, string Url, IReadOnlyList<string> Headers, string? Listener, string? Client, ulong Seed);

/// <summary>Explains requests, on the pools of a running proxy or on those of a configuration that nobody runs.</summary>
internal sealed class Explainer(ProxySettings settings, IReadOnlyDictionary<string, PoolCell> pools, TimeProvider time)
{
    private readonly Clock _clock = new(time);

    public IReadOnlyDictionary<string, PoolCell> Pools { get; } = pools;

    /// <summary>Milliseconds of its clock.</summary>
    public long Now => _clock.Now;

    /// <summary>One on the pools that a configuration describes: every backend is up and idle.</summary>
    public static Explainer Offline(ProxySettings settings, TimeProvider time) => new(
        settings, settings.Pools.ToDictionary(p => p.Key, p => new PoolCell(PoolSnapshots.Build(p.Key, p.Value, (_, _) => null))), time);

    /// <summary>What is decided of the request, and why; null with a sentence about what is wrong with the query.</summary>
    public DecisionTrace? Explain(ExplainQuery query, out string error)
    {
        if (OriginOf(query.Listener, query.Client, out error) is not { } origin) return null;
        if (RequestText.TryParse(query.Method, query.Url, query.Headers, out error) is not { } request) return null;
        return RequestDecision.Explain(request, origin, SnapshotOf(origin.Listener, query.Seed), Now, query.Seed);
    }

    /// <summary>What the connections of a listener read.</summary>
    public ProxySnapshot SnapshotOf(string listener, ulong seed) =>
        Snapshots.Build(settings, 1, listener, Pools, new HttpDate(time), new Random(unchecked((int)seed)));

    /// <summary>Null with a sentence when there is no such listener, or the address is none.</summary>
    public RequestOrigin? OriginOf(string? listener, string? client, out string error)
    {
        error = "";
        listener ??= settings.Listeners.Keys.First();
        if (!settings.Listeners.TryGetValue(listener, out var found))
            error = $"there is no listener '{listener}'; there is {string.Join(", ", settings.Listeners.Keys)}";
        var address = IPAddress.Loopback;
        if (client is not null && !IPAddress.TryParse(client, out address)) error = $"'{client}' is not an IP address";
        if (error.Length > 0) return null;
        var endPoint = new IPEndPoint(address!, 0);
        return new RequestOrigin(listener, endPoint, Networks.Parse(found!.TrustedProxies).Contains(endPoint));
    }
}
