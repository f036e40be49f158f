namespace Scp.Host.Hocon.Syntax;

/// <summary>The parser's view of the tokens: one current token, skipping, and returning for recovery.</summary>
internal sealed class TokenReader
{
    private readonly Lexer lexer;
    private readonly string text;
    private int line;

    public TokenReader(Lexer lexer, string text)
    {
        this.lexer = lexer;
        this.text = text;
        Advance();
    }

    public Token Current { get; private set; }

    /// <summary>Column of the first token on the current line.</summary>
    public int Indent { get; private set; } = 1;

    public bool HasSwallowedBraces => lexer.HasSwallowedBraces;

    public Origin Here => lexer.OriginOf(Current);

    public Origin OriginOf(Token token) => lexer.OriginOf(token);

    public void Advance()
    {
        Current = lexer.Next();
        if (Current.Line == line || Current.Kind == TokenKind.Space) return;
        line = Current.Line;
        Indent = Current.Column;
    }

    public Token Take()
    {
        var taken = Current;
        Advance();
        return taken;
    }

    public void SkipSpace()
    {
        while (Current.Kind == TokenKind.Space) Advance();
    }

    public void SkipBlank()
    {
        while (Current.IsOneOf(TokenKind.Space, TokenKind.NewLine)) Advance();
    }

    public void ReturnTo(Token token)
    {
        lexer.ReturnTo(token);
        Advance();
    }

    public void SkipToEnd()
    {
        while (Current.Kind != TokenKind.End) Advance();
    }

    /// <summary>Recovery: leaves a broken value behind, with all that is nested in it, up to the newline or comma that ends it.</summary>
    public void SkipToValueEnd()
    {
        var depth = 0;
        for (; Current.Kind != TokenKind.End; Advance())
        {
            switch (Current.Kind)
            {
                case TokenKind.OpenBrace or TokenKind.OpenBracket or TokenKind.Substitution:
                    depth++;
                    break;
                case TokenKind.CloseBrace or TokenKind.CloseBracket when depth > 0:
                    depth--;
                    break;
                default:
                    if (depth == 0 && Current.EndsValue) return;
                    break;
            }
        }
    }

    /// <summary>
    /// What was written from <paramref name="from"/> up to white space or the end of the value: what the user should have quoted.
    /// </summary>
    public string WrittenFrom(Token from)
    {
        var end = from.Offset;
        while (end < text.Length && end - from.Offset < 100 && !char.IsWhiteSpace(text[end]) && !",{}[]\"#".Contains(text[end])) end++;
        return text[from.Offset..end];
    }

    /// <summary>True when the token has no white space on either side.</summary>
    public bool IsTight(Token token) =>
        token.Offset > 0 && !char.IsWhiteSpace(text[token.Offset - 1])
        && token.Offset + token.Text.Length < text.Length && !char.IsWhiteSpace(text[token.Offset + token.Text.Length]);
}
