using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// Fields that must not come in trailers (RFC 9110 6.5.1). Those that frame or route a message are an attack and refused; those that
/// authenticate, control caches or describe the content came too late to have any effect and are dropped; all others pass.
/// </summary>
internal static class TrailerRules
{
    /// <summary>Dropped besides the known ones and everything that begins with "Content-", "If-" or "Access-Control-".</summary>
    private static readonly byte[][] DroppedNames =
    [
        .. new[]
        {
            "Range", "Expires", "Pragma", "Vary", "Warning", "WWW-Authenticate", "Authentication-Info", "Accept-Ranges",
            "Strict-Transport-Security", "Refresh", "Clear-Site-Data", "Alt-Svc", "Origin",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[][] DroppedPrefixes = [.. new[] { "Content-", "If-", "Access-Control-" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Removes what is to be dropped; an error when a line is to be refused.</summary>
    public static ProxyError Apply(FieldSection trailers)
    {
        for (var i = 0; i < trailers.Count; i++)
        {
            if (IsRefused(trailers.Known(i))) return ProxyError.MalformedTrailers;
            if (IsDropped(trailers.Known(i)) || IsDropped(trailers.Name(i))) trailers.RemoveAt(i);
        }

        return ProxyError.None;
    }

    private static bool IsRefused(KnownField known) => known is
        KnownField.Host or KnownField.ContentLength or KnownField.TransferEncoding or KnownField.Connection or KnownField.KeepAlive
        or KnownField.ProxyConnection or KnownField.Te or KnownField.Trailer or KnownField.Upgrade or KnownField.Http2Settings
        or KnownField.Via or KnownField.Forwarded or KnownField.XForwardedFor or KnownField.XForwardedProto or KnownField.XForwardedHost
        or KnownField.XForwardedPort or KnownField.XForwardedPrefix or KnownField.XRealIp or KnownField.XOriginalUrl
        or KnownField.XRewriteUrl;

    private static bool IsDropped(KnownField known) => known is
        KnownField.Authorization or KnownField.ProxyAuthenticate or KnownField.ProxyAuthorization or KnownField.ProxyAuthenticationInfo
        or KnownField.Cookie or KnownField.SetCookie or KnownField.CacheControl or KnownField.Expect or KnownField.MaxForwards
        or KnownField.Age or KnownField.Date or KnownField.Location or KnownField.RetryAfter or KnownField.CdnLoop
        or KnownField.IdempotencyKey or KnownField.SecWebSocketKey or KnownField.SecWebSocketAccept or KnownField.Allow;

    private static bool IsDropped(ReadOnlySpan<byte> name)
    {
        foreach (var dropped in DroppedNames)
            if (Ascii.EqualsIgnoreCase(name, dropped)) return true;
        foreach (var prefix in DroppedPrefixes)
            if (name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix)) return true;
        return false;
    }
}
