using System.Text;

namespace Scp.Streams.Telemetry;

/// <summary>Writes a query with the values of secret parameters masked. Names are compared decoded and in any case of letters.</summary>
internal sealed class QueryRedaction(bool isLogged, IReadOnlyList<string> names)
{
    private readonly byte[][] _names = [.. names.Select(Encoding.UTF8.GetBytes)];
    private readonly bool _all = names.Contains("*");

    /// <summary>False when no query is logged.</summary>
    public bool IsLogged { get; } = isLogged;

    /// <summary>Appends a query without its "?", escaped for the format of the line.</summary>
    public void Write(scoped ref LineBuffer line, scoped ReadOnlySpan<byte> query, AccessLogFormat format)
    {
        if (query.Length > LineBuffer.LongestValue) query = query[..LineBuffer.LongestValue];
        if (_names.Length == 0)
        {
            line.Value(query, format);
            return;
        }

        while (!query.IsEmpty)
        {
            var end = query.IndexOfAny((byte)'&', (byte)';');
            var parameter = end < 0 ? query : query[..end];
            WriteParameter(ref line, parameter, format);
            if (end < 0) return;
            line.Raw(query[end]);
            query = query[(end + 1)..];
        }
    }

    /// <summary>Appends a URL whose query, if it has one, is treated like the query of the request: for Referer.</summary>
    public void WriteUrl(scoped ref LineBuffer line, scoped ReadOnlySpan<byte> url, AccessLogFormat format)
    {
        var mark = url.IndexOf((byte)'?');
        if (mark < 0)
        {
            line.Value(url, format);
            return;
        }

        line.Value(url[..mark], format);
        if (!IsLogged) return;
        line.Raw((byte)'?');
        Write(ref line, url[(mark + 1)..], format);
    }

    private void WriteParameter(scoped ref LineBuffer line, scoped ReadOnlySpan<byte> parameter, AccessLogFormat format)
    {
        var equals = parameter.IndexOf((byte)'=');
        if (equals < 0 || !IsSecret(parameter[..equals]))
        {
            line.Value(parameter, format);
            return;
        }

        line.Value(parameter[..(equals + 1)], format);
        line.Raw("REDACTED"u8);
    }

    private bool IsSecret(scoped ReadOnlySpan<byte> name)
    {
        if (_all) return true;
        Span<byte> decoded = stackalloc byte[64];
        if (name.Contains((byte)'%')) name = decoded[..Decode(name, decoded)];
        foreach (var secret in _names)
            if (Ascii.EqualsIgnoreCase(name, secret)) return true;
        return false;
    }

    /// <summary>Undoes percent-encoding, so that "%74oken" is the token that it is for the origin; cuts what does not fit.</summary>
    private static int Decode(scoped ReadOnlySpan<byte> name, Span<byte> into)
    {
        var length = 0;
        for (var i = 0; i < name.Length && length < into.Length; i++)
        {
            if (name[i] == '%' && i + 2 < name.Length && char.IsAsciiHexDigit((char)name[i + 1]) && char.IsAsciiHexDigit((char)name[i + 2]))
            {
                into[length++] = (byte)(FromHex(name[i + 1]) * 16 + FromHex(name[i + 2]));
                i += 2;
            }
            else
            {
                into[length++] = name[i];
            }
        }

        return length;
    }

    private static int FromHex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
