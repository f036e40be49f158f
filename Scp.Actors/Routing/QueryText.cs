namespace Scp.Actors.Routing;

/// <summary>Reads a query as a form: <c>name=value&amp;name=value</c>, both percent-encoded, "+" for a space.</summary>
internal static class QueryText
{
    /// <summary>Cuts the first parameter off the query. A name without "=" has an empty value.</summary>
    public static void Next(ref ReadOnlySpan<byte> query, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var end = query.IndexOf((byte)'&');
        var parameter = end < 0 ? query : query[..end];
        query = end < 0 ? default : query[(end + 1)..];
        var equals = parameter.IndexOf((byte)'=');
        name = equals < 0 ? parameter : parameter[..equals];
        value = equals < 0 ? default : parameter[(equals + 1)..];
    }

    /// <summary>Decodes into a buffer that is at least as long; returns the bytes written. What is no escape stays as it is.</summary>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> decoded)
    {
        var written = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var b = encoded[i];
            if (b == '%' && i + 2 < encoded.Length && UriText.IsHex(encoded[i + 1]) && UriText.IsHex(encoded[i + 2]))
            {
                b = UriText.FromHex(encoded[i + 1], encoded[i + 2]);
                i += 2;
            }
            else if (b == '+')
            {
                b = (byte)' ';
            }

            decoded[written++] = b;
        }

        return written;
    }
}
