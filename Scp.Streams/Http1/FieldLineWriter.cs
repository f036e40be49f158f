using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// Field lines on their way out. What is written is validated here once more, whoever put it into the section: a filter that let a line
/// break into a value would split the message in two.
/// </summary>
internal static class FieldLineWriter
{
    /// <summary>": " and CRLF.</summary>
    private const int Punctuation = 4;

    /// <summary>The exact size of all lines and the empty line.</summary>
    public static int Measure(FieldSection fields)
    {
        var size = 2;
        for (var i = 0; i < fields.Count; i++)
            if (!fields.IsRemoved(i)) size += fields.Name(i).Length + fields.Value(i).Length + Punctuation;
        return size;
    }

    /// <summary>Writes every line that is not removed and the empty line; false when one is invalid or there is no room.</summary>
    public static bool TryWrite(FieldSection fields, Span<byte> destination, ref int written)
    {
        var at = written;
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields.IsRemoved(i)) continue;
            var name = fields.Name(i);
            var value = fields.Value(i);
            if (destination.Length - at < name.Length + value.Length + Punctuation) return false;
            if (!Http1Grammar.IsToken(name) || value.ContainsAny(Http1Grammar.Control)) return false;
            name.CopyTo(destination[at..]);
            at += name.Length;
            destination[at] = (byte)':';
            destination[at + 1] = Http1Grammar.Sp;
            at += 2;
            value.CopyTo(destination[at..]);
            at += value.Length;
            destination[at] = Http1Grammar.Cr;
            destination[at + 1] = Http1Grammar.Lf;
            at += 2;
        }

        written = at;
        return TryAppend("\r\n"u8, destination, ref written);
    }

    /// <summary>Copies text when there is room for it.</summary>
    public static bool TryAppend(ReadOnlySpan<byte> text, Span<byte> destination, ref int written)
    {
        if (!text.TryCopyTo(destination[written..])) return false;
        written += text.Length;
        return true;
    }
}
