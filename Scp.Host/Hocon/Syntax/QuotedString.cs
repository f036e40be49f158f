using System.Buffers;
using System.Globalization;
using System.Text;

namespace Scp.Host.Hocon.Syntax;

/// <summary>Reads <c>"…"</c> with JSON escapes and <c>"""…"""</c> without; null means that an error was reported.</summary>
internal sealed class QuotedString(string file, TextCursor cursor, ConfigErrors errors)
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    public bool HasSwallowedBraces { get; private set; }

    public string? Read()
    {
        var start = cursor.Mark();
        return cursor.Peek(1) == '"' && cursor.Peek(2) == '"' ? ReadTriple(start) : ReadSingle(start);
    }

    private string? ReadSingle(TextMark start)
    {
        var content = new StringBuilder();
        var intact = true;
        var braces = false;
        cursor.Advance();
        while (!cursor.IsAtEnd && cursor.Current != '\n')
        {
            var c = cursor.Current;
            if (c == '"')
            {
                cursor.Advance();
                return intact ? content.ToString() : null;
            }
            if (c == '\\')
            {
                intact &= ReadEscape(content);
                continue;
            }
            if (c < ' ' && c != '\r')
            {
                Report(
                    cursor.Mark(),
                    $"the control character {Characters.Show(c)} may not stand in quotes; "
                    + $"write it as an escape such as \\t or \\u{(int)c:x4}");
                intact = false;
            }
            braces |= c is '{' or '}' or '[' or ']';
            content.Append(c);
            cursor.Advance();
        }
        HasSwallowedBraces = braces;
        errors.AddBrokenStructure(Place(start), "",
            "this quote is not closed on its line; close it, or use \"\"\"…\"\"\" for text of several lines");
        return null;
    }

    private string? ReadTriple(TextMark start)
    {
        for (var i = 0; i < 3; i++) cursor.Advance();
        var from = cursor.Mark();
        while (!cursor.IsAtEnd)
        {
            if (cursor.Current == '"' && cursor.Peek(1) == '"' && cursor.Peek(2) == '"')
            {
                // Of four quotes or more in a row the last three close the string and the others belong to it.
                while (cursor.Peek(3) == '"') cursor.Advance();
                var content = cursor.From(from);
                for (var i = 0; i < 3; i++) cursor.Advance();
                return content;
            }
            cursor.Advance();
        }
        HasSwallowedBraces = true;
        errors.AddBrokenStructure(Place(start), "", "the triple quote opened here is never closed");
        return null;
    }

    private bool ReadEscape(StringBuilder content)
    {
        var start = cursor.Mark();
        var code = cursor.Peek(1);
        cursor.Advance();
        if (code == 'u') return ReadUnicode(content, start);
        var meaning = code switch
        {
            '"' or '\\' or '/' => code,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
        if (meaning == '\0')
        {
            Report(start, $"'\\' begins an escape, but {Characters.Show(code)} does not continue one; write '\\\\' for a backslash");
            return false;
        }
        cursor.Advance();
        content.Append(meaning);
        return true;
    }

    private bool ReadUnicode(StringBuilder content, TextMark start)
    {
        cursor.Advance();
        Span<char> digits = stackalloc char[4];
        for (var i = 0; i < 4; i++) digits[i] = cursor.Peek(i);
        if (digits.ContainsAnyExcept(Hexadecimal)
            || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            Report(start, "'\\u' needs four hexadecimal digits");
            return false;
        }
        for (var i = 0; i < 4; i++) cursor.Advance();
        content.Append((char)code);
        return true;
    }

    private void Report(TextMark at, string message) => errors.Add(Place(at), "", message);

    private Origin Place(TextMark at) => new(file, at.Line, at.Column);
}
