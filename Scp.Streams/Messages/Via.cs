using System.Text;

namespace Scp.Streams.Messages;

/// <summary>The Via field (RFC 9110 7.6.3): the intermediaries that a message has passed.</summary>
public static class Via
{
    /// <summary>
    /// The pseudonym is in the list already: the request has gone in a circle. Elements are
    /// <c>received-protocol RWS received-by [ RWS comment ]</c>; a comment may itself contain commas.
    /// </summary>
    public static bool Contains(FieldSection fields, ReadOnlySpan<byte> pseudonym)
    {
        for (var i = fields.IndexOf(KnownField.Via); i >= 0; i = fields.IndexOf(KnownField.Via, i + 1))
            if (ListContains(fields.Value(i), pseudonym)) return true;
        return false;
    }

    /// <summary>Adds this proxy as a line of its own, after those received.</summary>
    public static void Add(FieldSection fields, HttpVersion received, ForwardingRules rules) =>
        fields.Add(KnownField.Via, rules.ViaOf(received));

    private static bool ListContains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> pseudonym)
    {
        while (!list.IsEmpty)
        {
            var end = ElementEnd(list);
            if (Ascii.EqualsIgnoreCase(ReceivedBy(list[..end]), pseudonym)) return true;
            list = end < list.Length ? list[(end + 1)..] : default;
        }

        return false;
    }

    private static ReadOnlySpan<byte> ReceivedBy(ReadOnlySpan<byte> element)
    {
        element = FieldValue.Trim(element);
        var protocolEnd = element.IndexOfAny(" \t"u8);
        if (protocolEnd < 0) return default;
        var receivedBy = FieldValue.Trim(element[protocolEnd..]);
        var end = receivedBy.IndexOfAny(" \t("u8);
        return end < 0 ? receivedBy : receivedBy[..end];
    }

    /// <summary>The next comma outside of comments (RFC 9110 5.6.5: they nest and may hold quoted pairs).</summary>
    private static int ElementEnd(ReadOnlySpan<byte> list)
    {
        var depth = 0;
        for (var i = 0; i < list.Length; i++)
        {
            switch (list[i])
            {
                case (byte)'(': depth++; break;
                case (byte)')' when depth > 0: depth--; break;
                case (byte)'\\' when depth > 0: i++; break;
                case (byte)',' when depth == 0: return i;
            }
        }

        return list.Length;
    }
}
