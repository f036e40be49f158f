namespace Scp.Host.Hocon.Syntax;

/// <summary>
/// Tidies a row of parts: white space at the end goes, and a row of nothing but text becomes one text. Two words are
/// one string, never a number or a boolean: <c>1 2</c> is the string "1 2".
/// </summary>
internal static class TextRow
{
    public static List<SyntaxPart> Fold(List<SyntaxPart> parts)
    {
        while (parts.Count > 0 && parts[^1] is SyntaxText { IsSpace: true }) parts.RemoveAt(parts.Count - 1);
        if (parts.Count < 2 || !parts.TrueForAll(part => part is SyntaxText)) return parts;
        var text = string.Concat(parts.Select(part => ((SyntaxText)part).Text));
        return [new SyntaxText(parts[0].Origin, text, isQuoted: true)];
    }
}
