namespace Scp.Host.Hocon.Syntax;

internal enum TokenKind
{
    End,
    NewLine,
    Comma,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,

    /// <summary><c>=</c> or <c>:</c></summary>
    Assign,

    /// <summary><c>+=</c></summary>
    Append,

    /// <summary>Characters that need no quotes, up to white space or a special character.</summary>
    Word,

    /// <summary>The content of <c>"…"</c> or <c>"""…"""</c>, escapes undone.</summary>
    Quoted,

    /// <summary>White space within a line.</summary>
    Space,

    /// <summary><c>${</c> or <c>${?</c></summary>
    Substitution,

    /// <summary>A character that HOCON reserves: it must be quoted.</summary>
    Reserved,

    /// <summary>A piece whose error the lexer has reported.</summary>
    Broken,
}

/// <summary>A piece of the file; <see cref="Offset"/> lets the parser return to it.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Offset, int Line, int Column)
{
    public bool IsOneOf(TokenKind a, TokenKind b) => Kind == a || Kind == b;

    /// <summary>Where a value must end.</summary>
    public bool EndsValue =>
        Kind is TokenKind.End or TokenKind.NewLine or TokenKind.Comma or TokenKind.CloseBrace or TokenKind.CloseBracket;
}
