namespace Scp.Streams.Http1;

/// <summary>
/// Brings a path into the one form that is matched against routes and forwarded (RFC 3986 6.2.2): percent-encoded unreserved characters
/// decoded, hexadecimal digits in upper case, dot segments removed. Once: nothing is ever decoded twice.
/// </summary>
/// <remarks>
/// Kept as they are: "//" (merging changes what the path means to the origin), "%2F", "%5C", ";" and every other character.
/// Refused, because origins disagree on where such a path leads, and a rule on the path would be bypassed:
/// ".." above the root; "\"; "%00"; "%" without two hexadecimal digits; a dot segment that "%2F", "%5C" or ";" sets off ("/a/..;/b",
/// "/a/..%2Fb").
/// </remarks>
internal static class PathNormaliser
{
    /// <summary>
    /// True when normalisation would change nothing and refuse nothing. False may be a false alarm where "%2F" or "%5C" stands.
    /// </summary>
    public static bool IsNormal(ReadOnlySpan<byte> path)
    {
        var at = 0;
        while (true)
        {
            var hit = path[at..].IndexOfAny((byte)'.', (byte)'%', (byte)'\\');
            if (hit < 0) return true;
            at += hit;
            if (path[at] == '.')
            {
                if (path[at - 1] == '/' && IsDotSegment(path[at..])) return false;
                at++;
            }
            else
            {
                if (path[at] == '\\' || !IsNormalTriplet(path[at..])) return false;
                at += 3;
            }
        }
    }

    /// <summary>Normalises a path that begins with "/" in place; false when it is refused.</summary>
    public static bool TryNormalise(Span<byte> path, out int length)
    {
        length = 0;
        if (!TryDecode(path, out var decoded)) return false;
        return TryRemoveDotSegments(path[..decoded], out length);
    }

    /// <summary>Followed by "%2F" it would be one too, but that makes the path no normal one by itself.</summary>
    private static bool IsDotSegment(ReadOnlySpan<byte> text)
    {
        var dots = text is [_, (byte)'.', ..] ? 2 : 1;
        return text.Length == dots || text[dots] is (byte)'/' or (byte)';';
    }

    /// <summary>"%" and two upper-case digits of a character that stays encoded and divides no segment in anybody's eyes.</summary>
    private static bool IsNormalTriplet(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || text[1] >= 'a' || text[2] >= 'a') return false;
        var value = Octet(text);
        return value > 0 && value is not ('/' or '\\') && !Http1Grammar.IsUnreserved(value);
    }

    /// <summary>The octet that a triplet encodes, or -1.</summary>
    private static int Octet(ReadOnlySpan<byte> triplet)
    {
        if (triplet.Length < 3) return -1;
        var high = Http1Grammar.HexValue(triplet[1]);
        var low = Http1Grammar.HexValue(triplet[2]);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    private static bool TryDecode(Span<byte> path, out int length)
    {
        length = 0;
        for (var read = 0; read < path.Length; read++)
        {
            if (path[read] == '\\') return false;
            if (path[read] != '%')
            {
                path[length++] = path[read];
                continue;
            }

            var octet = Octet(path[read..]);
            if (octet <= 0) return false;
            if (Http1Grammar.IsUnreserved(octet)) path[length++] = (byte)octet;
            else
            {
                path[length++] = (byte)'%';
                path[length++] = UpperHex(octet >> 4);
                path[length++] = UpperHex(octet & 15);
            }

            read += 2;
        }

        return true;
    }

    private static byte UpperHex(int digit) => "0123456789ABCDEF"u8[digit];

    /// <summary>remove_dot_segments (RFC 3986 5.2.4), in place: what is written never overtakes what is read.</summary>
    private static bool TryRemoveDotSegments(Span<byte> path, out int length)
    {
        length = 0;
        for (int read = 0, end; read < path.Length; read = end)
        {
            var next = path[(read + 1)..].IndexOf((byte)'/');
            end = next < 0 ? path.Length : read + 1 + next;
            var segment = path[(read + 1)..end];
            if (segment is [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                if (segment.Length == 2)
                {
                    if (length == 0) return false;
                    length = path[..length].LastIndexOf((byte)'/');
                }

                if (end == path.Length) path[length++] = (byte)'/';
                continue;
            }

            if (HidesDotSegment(segment)) return false;
            path[read..end].CopyTo(path[length..]);
            length += end - read;
        }

        if (length == 0) path[length++] = (byte)'/';
        return true;
    }

    private static bool HidesDotSegment(ReadOnlySpan<byte> segment)
    {
        while (true)
        {
            var escape = EncodedSlash(segment);
            var piece = escape < 0 ? segment : segment[..escape];
            var parameters = piece.IndexOf((byte)';');
            if (parameters >= 0) piece = piece[..parameters];
            if (piece is [(byte)'.'] or [(byte)'.', (byte)'.']) return true;
            if (escape < 0) return false;
            segment = segment[(escape + 3)..];
        }
    }

    private static int EncodedSlash(ReadOnlySpan<byte> segment)
    {
        var slash = segment.IndexOf("%2F"u8);
        var backslash = segment.IndexOf("%5C"u8);
        return slash < 0 || (backslash >= 0 && backslash < slash) ? backslash : slash;
    }
}
