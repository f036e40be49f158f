using System.Globalization;

namespace Scp.Tests.Support;

/// <summary>Where a message ends, for scripts of origins and clients: as simple as can be, for messages that are sound.</summary>
internal static class RawMessage
{
    private const string EndOfHead = "\r\n\r\n";

    /// <summary>The length of the message that the text begins with; false when it is not complete.</summary>
    public static bool TryMeasure(string text, out int length)
    {
        length = 0;
        var head = text.IndexOf(EndOfHead, StringComparison.Ordinal);
        if (head < 0) return false;
        length = head + EndOfHead.Length;
        if (Field(text[..head], "Transfer-Encoding") is not null) return TryMeasureChunks(text, ref length);
        if (Field(text[..head], "Content-Length") is not { } known) return true;
        var content = long.Parse(known, CultureInfo.InvariantCulture);
        if (content > text.Length - length) return false;
        length += (int)content;
        return true;
    }

    /// <summary>The value of the first such field of a head, or null.</summary>
    public static string? Field(string head, string name) => Fields(head, name).FirstOrDefault();

    /// <summary>The values of all such fields.</summary>
    public static string[] Fields(string head, string name) =>
        [.. head.Split(EndOfHead)[0].Split("\r\n").Skip(1).Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 1)..].Trim())];

    private static bool TryMeasureChunks(string text, ref int at)
    {
        while (true)
        {
            var line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (line < 0) return false;
            var size = int.Parse(text.AsSpan(at, line - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at = line + 2;
            if (size > 0)
            {
                at += size + 2;
                if (at > text.Length) return false;
                continue;
            }

            var end = text.AsSpan(at).StartsWith("\r\n") ? at + 2 : text.IndexOf(EndOfHead, at, StringComparison.Ordinal) + EndOfHead.Length;
            if (end < at) return false;
            at = end;
            return true;
        }
    }
}
