using Scp.Streams.Settings;

namespace Scp.Streams.Dispatch;

/// <summary>Which fields tell the origin who the client is.</summary>
public enum ForwardedFieldStyle
{
    /// <summary>None; what an untrusted client sent is removed all the same.</summary>
    Off,

    /// <summary>X-Forwarded-For, -Proto, -Host, -Port.</summary>
    XForwarded,

    /// <summary>Forwarded (RFC 7239).</summary>
    Forwarded,

    /// <summary>Both.</summary>
    Both,
}

/// <summary>How the proxy presents itself and the client (scp.forwarding).</summary>
public sealed record ForwardingSettings
{
    /// <summary>The pseudonym in Via and Proxy-Status; a request that carries it already has gone in a loop.</summary>
    [NotEmpty]
    public required string Pseudonym { get; init; }

    /// <summary>Whether Via is also added to responses (RFC 9110 7.6.3 asks for it in requests).</summary>
    public required bool ViaInResponses { get; init; }

    public required ForwardedFieldStyle ForwardedFields { get; init; }

    /// <summary>Whether an error that the proxy makes or sees is explained in Proxy-Status (RFC 9209).</summary>
    public required bool ProxyStatus { get; init; }

    /// <summary>Whether a request with a field name that contains "_" is refused: CGI-like origins read "_" and "-" as one.</summary>
    public required bool RejectUnderscores { get; init; }

    /// <summary>Whether traceparent is made when the client sent none (W3C Trace Context).</summary>
    public required bool StartTraces { get; init; }
}
