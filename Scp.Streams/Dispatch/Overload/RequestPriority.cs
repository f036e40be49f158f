namespace Scp.Streams.Dispatch.Overload;

/// <summary>Who goes first, and who gives way, when a pool has more requests than it can take (scp.routes.*.priority).</summary>
public enum RequestPriority : byte
{
    /// <summary>Given up first: prefetches, batch jobs, crawlers.</summary>
    Sheddable,

    Normal,

    /// <summary>Given up last: health checks that come in through the proxy, payments.</summary>
    Critical,
}
