using Scp.Streams.Errors;
using static Scp.Streams.Messages.KnownField;

namespace Scp.Streams.Messages;

/// <summary>
/// Removes what concerns one connection only, in both directions (RFC 9110 7.6.1): the hop-by-hop fields and every field that
/// Connection names. A head without any of them costs one bit test.
/// </summary>
public static class HopByHop
{
    /// <summary>
    /// Names in Connection that are looked up, at most: each costs a scan of the fields, so a client could otherwise buy milliseconds
    /// of work with one head. Real clients name three.
    /// </summary>
    private const int MaxNominations = 64;

    private static readonly ulong HopByHopFields = FieldSection.MaskOf(
        Connection, KeepAlive, ProxyConnection, Te, TransferEncoding, Upgrade, Http2Settings,
        ProxyAuthenticate, ProxyAuthorization, ProxyAuthenticationInfo);

    private static readonly ulong Looked = HopByHopFields | FieldSection.MaskOf(Trailer);

    /// <summary>Leaves the fields that go to the origin. TE and Upgrade are sent anew, with the Connection that they need.</summary>
    public static ProxyError StripRequest(RequestHead request)
    {
        var fields = request.Fields;
        if (!fields.MayContainAny(Looked)) return ProxyError.None;
        if (!RemoveNominated(fields, MaxNominations)) return ProxyError.MalformedField;
        RemoveHopByHop(fields, keepsUpgrade: request.AsksToUpgrade);

        // The announcement of trailers is end-to-end, but without chunks there are none.
        if (request.Framing != BodyFraming.Chunked) fields.Remove(Trailer);
        if (request.AcceptsTrailers) fields.Add(Te, "trailers"u8);
        if (request.AcceptsTrailers || request.AsksToUpgrade)
            fields.Add(Connection, Options(request.AcceptsTrailers, request.AsksToUpgrade));
        return ProxyError.None;
    }

    /// <summary>Leaves the fields that go to the client.</summary>
    public static void StripResponse(ResponseHead response, RequestHead request)
    {
        var fields = response.Fields;
        if (!fields.MayContainAny(Looked)) return;
        RemoveNominated(fields, int.MaxValue);
        RemoveHopByHop(fields, keepsUpgrade: response.Status == 101);
        if (!request.AcceptsTrailers || response.Framing == BodyFraming.Length) fields.Remove(Trailer);
        if (response.Status == 101) fields.Add(Connection, "Upgrade"u8);
    }

    /// <summary>
    /// A nomination of a field that the proxy knows as end-to-end is ignored: a sender must not nominate those (RFC 9110 7.6.1), and
    /// taking away Authorization or X-Forwarded-For that way is an old attack on the origin's rules.
    /// </summary>
    private static bool RemoveNominated(FieldSection fields, int most)
    {
        for (var i = fields.IndexOf(Connection); i >= 0; i = fields.IndexOf(Connection, i + 1))
        {
            foreach (var range in fields.Value(i).Split((byte)','))
            {
                var name = FieldValue.Trim(fields.Value(i)[range]);
                if (name.IsEmpty) continue;
                if (--most < 0) return false;
                if (FieldNames.Recognise(name) == Unknown && !IsForwarding(name)) fields.Remove(name);
            }
        }

        return true;
    }

    private static void RemoveHopByHop(FieldSection fields, bool keepsUpgrade)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            var known = fields.Known(i);
            if ((HopByHopFields & (1UL << (int)known)) == 0 || (keepsUpgrade && known == Upgrade)) continue;
            fields.RemoveAt(i);
        }
    }

    /// <summary>X-Forwarded-anything, beyond those that are known.</summary>
    private static bool IsForwarding(ReadOnlySpan<byte> name) =>
        name.Length > 12 && System.Text.Ascii.EqualsIgnoreCase(name[..12], "X-Forwarded-"u8);

    private static ReadOnlySpan<byte> Options(bool te, bool upgrade) =>
        te && upgrade ? "TE, Upgrade"u8 : te ? "TE"u8 : "Upgrade"u8;
}
