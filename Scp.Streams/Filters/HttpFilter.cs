using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>What becomes of the exchange after a filter has seen a part of it.</summary>
public enum FilterVerdict : byte
{
    /// <summary>The part passes, as the filter left it.</summary>
    Continue,

    /// <summary>The exchange is answered by the response that the filter filled in; the origin sees nothing more of it.</summary>
    Respond,

    /// <summary>The exchange is cut: before the response head it becomes an error response, after it the client sees a reset.</summary>
    Abort,
}

/// <summary>A small rule on the heads and the content of an exchange; many of them run inside one FilterChainStage.</summary>
public abstract class HttpFilter
{
    /// <summary>The name in the configuration and in logs.</summary>
    public abstract string Name { get; }
}
