namespace Scp.Host.Hocon.Syntax;

internal readonly record struct TextMark(int Offset, int Line, int Column);

/// <summary>A place in a text that knows its line and column.</summary>
internal sealed class TextCursor(string text)
{
    private int offset;
    private int line = 1;
    private int column = 1;

    public bool IsAtEnd => offset >= text.Length;
    public char Current => text[offset];

    /// <summary>The character <paramref name="ahead"/> places on, or NUL behind the end.</summary>
    public char Peek(int ahead) => offset + ahead < text.Length ? text[offset + ahead] : '\0';

    public TextMark Mark() => new(offset, line, column);

    public string From(TextMark start) => text[start.Offset..offset];

    public void Advance()
    {
        if (text[offset++] == '\n')
        {
            line++;
            column = 1;
        }
        else
        {
            column++;
        }
    }

    public void MoveTo(int newOffset, int newLine, int newColumn) => (offset, line, column) = (newOffset, newLine, newColumn);
}
