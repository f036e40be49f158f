using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>What a request asks of this hop: to close, to continue, to upgrade, to get trailers.</summary>
internal static class RequestOptions
{
    /// <summary>Sets the flags of a head whose framing is known.</summary>
    public static ProxyError Read(RequestHead head)
    {
        var options = ConnectionOptionsReader.Read(head.Fields);
        head.AsksToClose = options.MeansClose(head.Version);
        head.AsksToUpgrade = AsksToUpgrade(head, options);
        head.AcceptsTrailers = head.Fields.MayContain(KnownField.Te) && ListMembers.Contains(head.Fields, KnownField.Te, "trailers"u8);
        head.ExpectsContinue = false;
        return head.Fields.MayContain(KnownField.Expect) ? ReadExpectation(head) : ProxyError.None;
    }

    /// <summary>
    /// Upgrade counts when Connection names it, in HTTP/1.1, without content (RFC 9110 7.8). "h2c" is never asked for on a client's
    /// behalf: a backend that agreed would speak past every rule of ours (RFC 9113 3.1 took it back).
    /// </summary>
    private static bool AsksToUpgrade(RequestHead head, ConnectionOptions options) =>
        (options & ConnectionOptions.Upgrade) != 0
        && head.Version == HttpVersion.Http11
        && head.Method != Method.Connect
        && !HasContent(head)
        && head.Fields.IndexOf(KnownField.Upgrade) is var i and >= 0
        && Http1Grammar.IsToken(FirstProtocolName(head.Fields.Value(i)))
        && !ListMembers.Contains(head.Fields, KnownField.Upgrade, "h2c"u8);

    private static ReadOnlySpan<byte> FirstProtocolName(ReadOnlySpan<byte> list)
    {
        var end = list.IndexOfAny((byte)',', (byte)'/');
        return Http1Grammar.TrimOws(end < 0 ? list : list[..end]);
    }

    /// <summary>
    /// 100-continue is the only expectation there is (RFC 9110 10.1.1), others are 417. It is ignored in HTTP/1.0, and where there is
    /// no content nobody waits for the 100.
    /// </summary>
    private static ProxyError ReadExpectation(RequestHead head)
    {
        for (var i = head.Fields.IndexOf(KnownField.Expect); i >= 0; i = head.Fields.IndexOf(KnownField.Expect, i + 1))
            if (!Ascii.EqualsIgnoreCase(head.Fields.Value(i), "100-continue"u8)) return ProxyError.ExpectationFailed;
        head.ExpectsContinue = head.Version == HttpVersion.Http11 && HasContent(head);
        return ProxyError.None;
    }

    private static bool HasContent(RequestHead head) => head.Framing == BodyFraming.Chunked || head.ContentLength > 0;
}
