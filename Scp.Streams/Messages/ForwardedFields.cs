using System.Buffers.Text;
using Scp.Streams.Dispatch;
using static Scp.Streams.Messages.KnownField;

namespace Scp.Streams.Messages;

/// <summary>
/// The fields that tell the origin who the client is. What an untrusted client says of that is removed, a trusted proxy's word is kept
/// and continued.
/// </summary>
public static class ForwardedFields
{
    private static readonly ulong All = FieldSection.MaskOf(
        Forwarded, XForwardedFor, XForwardedProto, XForwardedHost, XForwardedPort, XForwardedPrefix, XRealIp, XOriginalUrl, XRewriteUrl);

    public static void Apply(RequestHead request, ClientConnectionInfo connection, ForwardedFieldStyle style)
    {
        if (!connection.IsTrustedProxy) RemoveReceived(request.Fields);
        if (style is ForwardedFieldStyle.XForwarded or ForwardedFieldStyle.Both) AddXForwarded(request, connection);
        if (style is ForwardedFieldStyle.Forwarded or ForwardedFieldStyle.Both) AddForwarded(request, connection);
    }

    /// <summary>Also names with "_" for "-": many origins read both as one (CGI's environment variables).</summary>
    public static void RemoveReceived(FieldSection fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            var known = fields.Known(i);
            if (known == Unknown ? IsForwardingName(fields.Name(i)) : (All & (1UL << (int)known)) != 0) fields.RemoveAt(i);
        }
    }

    private static bool IsForwardingName(ReadOnlySpan<byte> name)
    {
        if (name.Length < 9 || (name[0] | 0x20) != 'x' || name[1] is not ((byte)'-' or (byte)'_')) return false;
        return SameName(name[..Math.Min(name.Length, 12)], "x-forwarded-"u8) || SameName(name, "x-forwarded"u8)
            || SameName(name, "x-real-ip"u8) || SameName(name, "x-original-url"u8) || SameName(name, "x-rewrite-url"u8);
    }

    private static bool SameName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerCase)
    {
        if (name.Length != lowerCase.Length) return false;
        for (var i = 0; i < name.Length; i++)
        {
            var b = name[i] == '_' ? (byte)'-' : name[i];
            if ((char.IsAsciiLetterUpper((char)b) ? b | 0x20 : b) != lowerCase[i]) return false;
        }

        return true;
    }

    private static void AddXForwarded(RequestHead request, ClientConnectionInfo connection)
    {
        var fields = request.Fields;
        Append(fields, XForwardedFor, connection.RemoteTextBytes);
        if (fields.IndexOf(XForwardedProto) < 0) fields.Add(XForwardedProto, connection.IsTls ? "https"u8 : "http"u8);
        if (fields.IndexOf(XForwardedHost) < 0 && !request.AuthorityBytes.IsEmpty) fields.Add(XForwardedHost, request.AuthorityBytes);
        if (fields.IndexOf(XForwardedPort) < 0) AddPort(request, connection);
    }

    /// <summary>The port that the client meant: the authority's, else its scheme's. The local port is another one behind NAT.</summary>
    private static void AddPort(RequestHead request, ClientConnectionInfo connection)
    {
        Span<byte> text = stackalloc byte[5];
        var port = request.Target.Port != 0 ? request.Target.Port : connection.IsTls ? 443 : 80;
        Utf8Formatter.TryFormat(port, text, out var length);
        request.Fields.Add(XForwardedPort, text[..length]);
    }

    /// <summary><c>for=192.0.2.7;host="example.com:8080";proto=http</c> (RFC 7239 section 4).</summary>
    private static void AddForwarded(RequestHead request, ClientConnectionInfo connection)
    {
        var host = request.AuthorityBytes;
        Span<byte> element = host.Length <= 400 ? stackalloc byte[512] : new byte[host.Length + 112];
        var writer = new Writer(element);
        writer.Write("for="u8);
        WriteNode(ref writer, connection);
        if (!host.IsEmpty && CanQuote(host))
        {
            writer.Write(";host="u8);
            var quotes = !FieldValue.IsToken(host);
            if (quotes) writer.Write("\""u8);
            writer.Write(host);
            if (quotes) writer.Write("\""u8);
        }

        writer.Write(connection.IsTls ? ";proto=https"u8 : ";proto=http"u8);
        Append(request.Fields, Forwarded, writer.Written);
    }

    /// <summary>An IPv6 address stands in brackets and quotes (RFC 7239 section 6); a unix socket has no address.</summary>
    private static void WriteNode(ref Writer writer, ClientConnectionInfo connection)
    {
        var text = connection.RemoteTextBytes;
        if (connection.RemoteAddress is null) writer.Write("unknown"u8);
        else if (!text.AsSpan().Contains((byte)':')) writer.Write(text);
        else
        {
            writer.Write("\"["u8);
            writer.Write(text);
            writer.Write("]\""u8);
        }
    }

    private static bool CanQuote(ReadOnlySpan<byte> value) => value.IndexOfAny("\"\\"u8) < 0;

    /// <summary>Adds an element to a list field. One line holds the whole list after it: many origins read only one.</summary>
    private static void Append(FieldSection fields, KnownField known, ReadOnlySpan<byte> element)
    {
        var first = fields.IndexOf(known);
        if (first < 0)
        {
            fields.Add(known, element);
            return;
        }

        var start = fields.Length;
        for (var i = first; i >= 0; i = fields.IndexOf(known, i + 1))
        {
            if (i != first) fields.RemoveAt(i);
            if (FieldValue.Trim(fields.Value(i)).IsEmpty) continue;
            fields.AppendBytes(fields.Value(i));
            fields.AppendBytes(", "u8);
        }

        fields.AppendBytes(element);
        fields.SetValue(first, new ByteSlice(start, fields.Length - start));
    }

    private ref struct Writer(Span<byte> target)
    {
        private readonly Span<byte> _target = target;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _target[.._length];

        public void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_target[_length..]);
            _length += bytes.Length;
        }
    }
}
