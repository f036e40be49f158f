using Scp.Streams.Dispatch.Mirroring;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Filters.FieldRules;
using Scp.Streams.Settings;

namespace Scp.Actors.Routing;

/// <summary>
/// One entry of <c>scp.routes</c>: which requests it takes, and what happens to them. What is absent matches everything. Exactly one of
/// <see cref="Pool"/>, <see cref="Redirect"/> and <see cref="Respond"/> is given.
/// </summary>
public sealed record RouteSettings
{
    /// <summary>Names of the listeners that know this route; empty is all.</summary>
    public required IReadOnlyList<string> Listeners { get; init; }

    /// <summary>Exact ("shop.example") or wildcard ("*.example.com") hosts; empty is any.</summary>
    public required IReadOnlyList<string> Host { get; init; }

    /// <summary>Exact ("/cart"), template ("/users/{id}"), prefix ("/cart/*") or regex ("~^/v[0-9]+/") paths; empty is any.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>Methods, case-sensitive as on the wire; empty is any.</summary>
    public required IReadOnlyList<string> Method { get; init; }

    /// <summary>Field name to "value", "*" (present) or "~regex". All must match.</summary>
    public required IReadOnlyDictionary<string, string> Header { get; init; }

    /// <summary>Query parameter to "value", "*" (present) or "~regex". All must match.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    /// <summary>The pool to forward to.</summary>
    public required string? Pool { get; init; }

    /// <summary>Who gives way when the pool has more requests than it can take.</summary>
    public required RequestPriority Priority { get; init; }

    /// <summary>A second pool that gets copies of the requests.</summary>
    public required MirrorSettings Mirror { get; init; }

    /// <summary>Which backends of the pool.</summary>
    public required SubsetSettings Subset { get; init; }

    public required RewriteSettings Rewrite { get; init; }

    public required RedirectSettings Redirect { get; init; }

    public required RespondSettings Respond { get; init; }

    public required FieldRulesSettings Fields { get; init; }

    public required RouteTimeoutSettings Timeouts { get; init; }

    public required RouteRetrySettings Retries { get; init; }

    public required HedgingSettings Hedging { get; init; }
}

/// <summary>What may be repeated (<c>retries</c>); how often is up to the pool.</summary>
public sealed record RouteRetrySettings
{
    public required bool Enabled { get; init; }

    /// <summary>Methods that are idempotent here, beside those that are by definition.</summary>
    public required IReadOnlyList<string> IdempotentMethods { get; init; }
}

/// <summary>A second attempt beside a slow one (<c>hedging</c>).</summary>
public sealed record HedgingSettings
{
    /// <summary>How long the first backend may be silent.</summary>
    [AllowOff, InRange("1ms", "1h")]
    public required TimeSpan After { get; init; }
}

/// <summary>What a route does when no backend of the pool carries its labels.</summary>
public enum SubsetFallback : byte
{
    /// <summary>All backends of the pool.</summary>
    All,

    /// <summary>503.</summary>
    None,
}

/// <summary>The backends of a pool that a route uses (<c>subset</c>); all of them when there are no labels.</summary>
public sealed record SubsetSettings
{
    /// <summary>Labels that a backend must carry, all of them.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required SubsetFallback Fallback { get; init; }
}

/// <summary>How a request is changed before it is forwarded (<c>rewrite</c>).</summary>
public sealed record RewriteSettings
{
    /// <summary>Taken off the front of the path, at a segment boundary.</summary>
    public required string? StripPrefix { get; init; }

    /// <summary>Put before the path, after stripping.</summary>
    public required string? AddPrefix { get; init; }

    /// <summary>The whole new path, with captures of the route's path.</summary>
    public required string? Path { get; init; }

    /// <summary>"keep", "backend", or the host (and port) to send.</summary>
    public required string? Host { get; init; }
}

/// <summary>Sends the client elsewhere (<c>redirect</c>); in use when <see cref="To"/> is given.</summary>
public sealed record RedirectSettings
{
    /// <summary>The new location, with {host}, {path}, {query} and captures of the route's path.</summary>
    public required string? To { get; init; }

    /// <summary>301, 302, 303, 307 or 308.</summary>
    public required int Status { get; init; }
}

/// <summary>Answers without a backend (<c>respond</c>); in use when <see cref="Status"/> is given.</summary>
public sealed record RespondSettings
{
    /// <summary>200 to 599.</summary>
    public required int? Status { get; init; }

    public required string ContentType { get; init; }

    /// <summary>The content, sent as UTF-8.</summary>
    public required string Body { get; init; }

    /// <summary>More field lines.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }
}

/// <summary>Time limits of one route; what is null comes from <c>scp.timeouts</c>.</summary>
public sealed record RouteTimeoutSettings
{
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan? ResponseHead { get; init; }

    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan? ResponseIdle { get; init; }

    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan? Total { get; init; }

    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan? TunnelIdle { get; init; }
}
