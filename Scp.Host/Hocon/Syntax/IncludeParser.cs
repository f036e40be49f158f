namespace Scp.Host.Hocon.Syntax;

/// <summary>
/// <c>include "x"</c>, <c>include file("x")</c>, <c>include required("x")</c>, <c>include required(file("x"))</c>. To the
/// lexer the parentheses are plain words around the quoted name.
/// </summary>
internal sealed class IncludeParser(TokenReader reader, SourceText source, ParseSession session)
{
    /// <summary>True at the word <c>include</c> unless it is a key (<c>include = …</c>).</summary>
    public bool IsAtInclude()
    {
        var start = reader.Current;
        if (start is not { Kind: TokenKind.Word, Text: "include" }) return false;
        reader.Advance();
        reader.SkipSpace();
        var isKey = reader.Current.Kind is TokenKind.Assign or TokenKind.Append or TokenKind.OpenBrace;
        reader.ReturnTo(start);
        return !isKey;
    }

    public SyntaxObject? Parse(string[] place, int depth)
    {
        var origin = reader.OriginOf(reader.Take());
        var opening = Words();
        var name = reader.Current;
        if (name.Kind != TokenKind.Quoted)
        {
            if (name.Kind != TokenKind.Broken)
                session.Errors.Add(origin, "", "an include needs a file name in quotes: include \"other.conf\"");
            reader.SkipToValueEnd();
            return null;
        }
        reader.Advance();
        var closing = Words();
        if (!reader.Current.EndsValue || closing != new string(')', opening.Count(c => c == '(')) || !IsKnown(opening))
        {
            session.Errors.Add(origin, "", IsRemote(opening)
                ? "only files can be included, not URLs or class paths"
                : "write include \"x\", include file(\"x\") or include required(\"x\"), each on a line of its own");
            reader.SkipToValueEnd();
            return null;
        }
        return session.Include(source, name.Text, opening.StartsWith("required", StringComparison.Ordinal), origin, place, depth);
    }

    private string Words()
    {
        var words = "";
        while (reader.Current.IsOneOf(TokenKind.Word, TokenKind.Space))
        {
            var token = reader.Take();
            if (token.Kind == TokenKind.Word && words.Length < 100) words += token.Text;
        }
        return words;
    }

    private static bool IsKnown(string opening) => opening is "" or "file(" or "required(" or "required(file(";

    private static bool IsRemote(string opening) =>
        opening.Contains("url(", StringComparison.Ordinal) || opening.Contains("classpath(", StringComparison.Ordinal);
}
