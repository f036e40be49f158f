namespace Scp.Host.Hocon.Syntax;

/// <summary>
/// Cuts a file into tokens, one per call of <see cref="Next"/>, so that memory does not grow with the file. Comments
/// vanish; the newline behind them stays, because newlines separate settings.
/// </summary>
internal sealed class Lexer(string file, string text, ConfigErrors errors)
{
    private readonly TextCursor cursor = new(text);

    /// <summary>An unclosed quote hid a brace or bracket: complaints about balance would only repeat that error.</summary>
    public bool HasSwallowedBraces { get; private set; }

    public Origin OriginOf(Token token) => new(file, token.Line, token.Column);

    public void ReturnTo(Token token) => cursor.MoveTo(token.Offset, token.Line, token.Column);

    public Token Next()
    {
        SkipComment();
        var start = cursor.Mark();
        if (cursor.IsAtEnd) return Make(TokenKind.End, "", start);
        var c = cursor.Current;
        if (c == '\n') return Single(TokenKind.NewLine, start);
        if (Characters.IsSpace(c)) return Run(TokenKind.Space, start, Characters.IsSpace);
        switch (c)
        {
            case ',': return Single(TokenKind.Comma, start);
            case '{': return Single(TokenKind.OpenBrace, start);
            case '}': return Single(TokenKind.CloseBrace, start);
            case '[': return Single(TokenKind.OpenBracket, start);
            case ']': return Single(TokenKind.CloseBracket, start);
            case '=' or ':': return Single(TokenKind.Assign, start);
            case '"': return Quoted(start);
            case '+' when cursor.Peek(1) == '=': return Take(TokenKind.Append, 2, start);
            case '$' when cursor.Peek(1) == '{' && cursor.Peek(2) == '?': return Take(TokenKind.Substitution, 3, start);
            case '$' when cursor.Peek(1) == '{': return Take(TokenKind.Substitution, 2, start);
        }
        return Characters.NeedsQuotes(c) ? Single(TokenKind.Reserved, start) : Word(start);
    }

    private void SkipComment()
    {
        if (cursor.IsAtEnd) return;
        if (cursor.Current != '#' && !(cursor.Current == '/' && cursor.Peek(1) == '/')) return;
        while (!cursor.IsAtEnd && cursor.Current != '\n') cursor.Advance();
    }

    private Token Word(TextMark start)
    {
        while (!cursor.IsAtEnd)
        {
            var c = cursor.Current;
            if (c == '\n' || Characters.IsSpace(c) || Characters.NeedsQuotes(c) || (c == '/' && cursor.Peek(1) == '/')) break;
            cursor.Advance();
        }
        return Make(TokenKind.Word, cursor.From(start), start);
    }

    private Token Quoted(TextMark start)
    {
        var quoted = new QuotedString(file, cursor, errors);
        var content = quoted.Read();
        HasSwallowedBraces |= quoted.HasSwallowedBraces;
        return content is null ? Make(TokenKind.Broken, cursor.From(start), start) : Make(TokenKind.Quoted, content, start);
    }

    private Token Single(TokenKind kind, TextMark start) => Take(kind, 1, start);

    private Token Take(TokenKind kind, int count, TextMark start)
    {
        for (var i = 0; i < count; i++) cursor.Advance();
        return Make(kind, cursor.From(start), start);
    }

    private Token Run(TokenKind kind, TextMark start, Func<char, bool> belongs)
    {
        while (!cursor.IsAtEnd && belongs(cursor.Current)) cursor.Advance();
        return Make(kind, cursor.From(start), start);
    }

    private static Token Make(TokenKind kind, string content, TextMark start) => new(kind, content, start.Offset, start.Line, start.Column);
}
