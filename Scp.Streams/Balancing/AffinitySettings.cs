using Scp.Streams.Settings;

namespace Scp.Streams.Balancing;

/// <summary>How the requests of one client are kept together.</summary>
public enum AffinityMode : byte
{
    /// <summary>They are not.</summary>
    Off,

    /// <summary>By a cookie that the response sets.</summary>
    Cookie,

    /// <summary>By a response field that the client sends back, for clients without cookies.</summary>
    Header,
}

/// <summary>What becomes of a request whose session's backend cannot take it.</summary>
public enum LostSession : byte
{
    /// <summary>Another backend takes it, and the session from then on.</summary>
    Rebalance,

    /// <summary>503: what the session holds is on that backend only.</summary>
    Fail,
}

/// <summary>The SameSite attribute of a cookie (RFC 6265bis 4.1.2.7).</summary>
public enum SameSite : byte
{
    /// <summary>The attribute is not written; browsers take it for lax.</summary>
    Off,
    Lax,
    Strict,
    None,
}

/// <summary>Session affinity of a pool (scp.pools.*.affinity).</summary>
public sealed record AffinitySettings
{
    public required AffinityMode Mode { get; init; }

    /// <summary>Name of the cookie or of the field.</summary>
    public required string Name { get; init; }

    /// <summary>The key of the signature: the same on every proxy of one service.</summary>
    public required string Secret { get; init; }

    public required LostSession WhenGone { get; init; }

    public required AffinityCookieSettings Cookie { get; init; }
}

/// <summary>Attributes of the cookie (scp.pools.*.affinity.cookie). HttpOnly is always among them.</summary>
public sealed record AffinityCookieSettings
{
    public required string Path { get; init; }

    /// <summary>Off: until the browser closes.</summary>
    [AllowOff, InRange("1s", "400d")]
    public required TimeSpan MaxAge { get; init; }

    public required bool Secure { get; init; }

    public required SameSite SameSite { get; init; }
}
