using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// The four forms of a request target (RFC 9112 3.2) and the Host rules that go with them. An authority in the target wins over Host,
/// and Host is replaced by it (3.2.2), so that nobody behind us sees two answers to the same question.
/// </summary>
internal static class RequestTargetParser
{
    /// <summary>Fills <see cref="RequestHead.Target"/> from the raw target, which consists of target characters only.</summary>
    /// <param name="head">The head; its field lines are parsed already.</param>
    /// <param name="raw">The target as received.</param>
    /// <param name="offset">Where it stands in the buffer of the head's fields.</param>
    public static ProxyError Parse(RequestHead head, ReadOnlySpan<byte> raw, int offset)
    {
        var error = CheckHost(head, out var host);
        if (error != ProxyError.None) return error;
        if (head.Method == Method.Connect) return ParseAuthorityForm(head, raw, offset, host);
        if (raw[0] == '/')
        {
            head.Target.Form = TargetForm.Origin;
            return ParsePathAndQuery(head, raw, offset);
        }

        if (raw.Length == 1 && raw[0] == '*' && head.Method == Method.Options)
        {
            head.Target.Form = TargetForm.Asterisk;
            return ProxyError.None;
        }

        return ParseAbsoluteForm(head, raw, offset, host);
    }

    /// <summary>
    /// Exactly one valid Host in HTTP/1.1, at most one in HTTP/1.0 (RFC 9112 3.2). An empty one is refused: we serve http and https,
    /// whose URIs always have a host. It is checked even where the target overrides it.
    /// </summary>
    private static ProxyError CheckHost(RequestHead head, out int index)
    {
        index = head.Fields.IndexOf(KnownField.Host);
        if (index < 0) return head.Version == HttpVersion.Http10 ? ProxyError.None : ProxyError.MissingHost;
        if (head.Fields.IndexOf(KnownField.Host, index + 1) >= 0) return ProxyError.InvalidHost;
        return SetAuthority(head, head.Fields.ValueSlice(index)) ? ProxyError.None : ProxyError.InvalidHost;
    }

    /// <summary>CONNECT: host and port, both needed (RFC 9110 9.3.6).</summary>
    private static ProxyError ParseAuthorityForm(RequestHead head, ReadOnlySpan<byte> raw, int offset, int host)
    {
        head.Target.Form = TargetForm.Authority;
        if (!SetAuthority(head, new ByteSlice(offset, raw.Length)) || head.Target.Port == 0) return ProxyError.MalformedTarget;
        OverrideHost(head, host);
        return ProxyError.None;
    }

    /// <summary><c>("http" / "https") "://" authority path-abempty [ "?" query ]</c>; userinfo is no part of our authority.</summary>
    private static ProxyError ParseAbsoluteForm(RequestHead head, ReadOnlySpan<byte> raw, int offset, int host)
    {
        head.Target.Form = TargetForm.Absolute;
        var scheme = SchemeLength(raw);
        if (scheme == 0) return ProxyError.MalformedTarget;
        head.Target.Scheme = LowerCase(head.Fields, new ByteSlice(offset, scheme));

        var start = scheme + "://".Length;
        var length = raw[start..].IndexOfAny((byte)'/', (byte)'?');
        if (length < 0) length = raw.Length - start;
        if (!SetAuthority(head, new ByteSlice(offset + start, length))) return ProxyError.MalformedTarget;
        OverrideHost(head, host);

        var rest = raw[(start + length)..];
        if (rest.IsEmpty && head.Method == Method.Options)
        {
            // RFC 9112 3.2.4: OPTIONS for the server itself; the last proxy sends it on as "*".
            head.Target.Form = TargetForm.Asterisk;
            return ProxyError.None;
        }

        if (!rest.IsEmpty && rest[0] == '/') return ParsePathAndQuery(head, rest, offset + start + length);
        head.Target.Path = head.Fields.AppendBytes("/"u8);
        SetQuery(head, rest, offset + start + length);
        return ProxyError.None;
    }

    private static ProxyError ParsePathAndQuery(RequestHead head, ReadOnlySpan<byte> text, int offset)
    {
        var question = text.IndexOf((byte)'?');
        var length = question < 0 ? text.Length : question;
        SetQuery(head, text[length..], offset + length);
        var path = text[..length];
        if (PathNormaliser.IsNormal(path))
        {
            head.Target.Path = new ByteSlice(offset, length);
            return ProxyError.None;
        }

        // Rewritten in a copy: what was received stays for the log.
        var copy = head.Fields.AppendBytes(path);
        if (!PathNormaliser.TryNormalise(head.Fields.WritableBytes(copy), out var normalised)) return ProxyError.MalformedTarget;
        head.Target.Path = copy with { Length = normalised };
        return ProxyError.None;
    }

    /// <summary>Takes the query as it is, without its question mark; it is never normalised.</summary>
    private static void SetQuery(RequestHead head, ReadOnlySpan<byte> text, int offset)
    {
        if (text.IsEmpty) return;
        head.Target.HasQuery = true;
        head.Target.Query = new ByteSlice(offset + 1, text.Length - 1);
    }

    private static bool SetAuthority(RequestHead head, ByteSlice authority)
    {
        if (!AuthorityGrammar.TryParse(head.Fields.Bytes(authority), out var hostLength, out var port)) return false;
        head.Target.Authority = authority;
        head.Target.Host = LowerCase(head.Fields, authority with { Length = hostLength });
        head.Target.Port = port;
        return true;
    }

    private static void OverrideHost(RequestHead head, int index)
    {
        if (index >= 0) head.Fields.SetValue(index, head.Target.Authority);
        else head.Fields.Add(KnownField.Host, head.Fields.Bytes(head.Target.Authority));
    }

    /// <summary>The same slice when it has no upper-case letter, else one to a lower-case copy.</summary>
    private static ByteSlice LowerCase(FieldSection fields, ByteSlice text)
    {
        if (!fields.Bytes(text).ContainsAnyInRange((byte)'A', (byte)'Z')) return text;
        var copy = fields.AppendBytes(fields.Bytes(text));
        Ascii.ToLowerInPlace(fields.WritableBytes(copy), out _);
        return copy;
    }

    private static int SchemeLength(ReadOnlySpan<byte> raw)
    {
        if (raw.Length > 7 && Ascii.EqualsIgnoreCase(raw[..7], "http://"u8)) return 4;
        return raw.Length > 8 && Ascii.EqualsIgnoreCase(raw[..8], "https://"u8) ? 5 : 0;
    }
}
