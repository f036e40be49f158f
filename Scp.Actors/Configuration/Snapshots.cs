using Scp.Actors.BackendPools;
using Scp.Actors.Routing;
using Scp.Streams;
using Scp.Streams.Dispatch;
using Scp.Streams.Filters.FieldRules;
using Scp.Streams.Messages;

namespace Scp.Actors.Configuration;

/// <summary>Builds the immutable snapshots of the data plane out of validated settings. Pure.</summary>
public static class Snapshots
{
    /// <summary>What the connections of one listener read.</summary>
    public static ProxySnapshot Build(
        ProxySettings settings, long version, string listener, IReadOnlyDictionary<string, PoolCell> pools, HttpDate date, Random random) =>
        new(
            version,
            RouteTable.Compile(settings.Routes, pools.GetValueOrDefault, settings.Timeouts, listener),
            settings.Limits,
            settings.Timeouts,
            new ForwardingRules(settings.Forwarding, date, random));

    /// <summary>The layers that the routes of a listener need.</summary>
    public static PipelineShape ShapeOf(ProxySettings settings, string listener)
    {
        var routes = settings.Routes.Values.Where(r => r.Listeners.Count == 0 || r.Listeners.Contains(listener)).ToList();
        return new PipelineShape(routes.Exists(r => HasRules(r.Fields.Downstream)), routes.Exists(r => HasRules(r.Fields.Upstream)));
    }

    private static bool HasRules(FieldRuleSettings rules) => rules.Request.Count + rules.Response.Count > 0;
}
