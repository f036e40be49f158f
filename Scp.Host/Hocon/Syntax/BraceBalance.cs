namespace Scp.Host.Hocon.Syntax;

/// <summary>
/// Reports braces that do not balance, once per file. A missing brace shows only at the end of the file, so the
/// indentation tells which one it probably was: a closing brace further left than the line that opened its object.
/// </summary>
internal sealed class BraceBalance(TokenReader reader, ConfigErrors errors)
{
    private readonly Stack<(Token Brace, int Indent)> open = new();
    private Token? suspect;
    private bool isSilent;

    /// <summary>After a guess about the structure, further complaints would only repeat it.</summary>
    public void BeSilent() => isSilent = true;

    public void Open(Token brace) => open.Push((brace, reader.Indent));

    public void Close(Token brace)
    {
        var (opened, indent) = open.Pop();
        if (brace.Column == reader.Indent && brace.Column < indent && brace.Line != opened.Line) suspect ??= opened;
    }

    public void ReportUnclosed()
    {
        var (innermost, _) = open.Pop();
        if (suspect is { } guess)
            Report(guess, "this '{' is never closed, judging by the indentation; add the missing '}'");
        else
            Report(innermost, "this '{' is never closed; add the missing '}'");
        BeSilent();
    }

    public void ReportExtra(Token brace)
    {
        if (suspect is null)
            Report(brace, "this '}' closes nothing; remove it, or look for a missing '{' above");
        BeSilent();
    }

    public void ReportBracket(Token bracket) => Report(bracket, "this ']' closes nothing; remove it, or look for a missing '[' above");

    public void ReportUnclosedBracket(Token bracket)
    {
        Report(bracket, "this '[' is never closed; add the missing ']'");
        BeSilent();
    }

    private void Report(Token at, string message)
    {
        if (!isSilent && !reader.HasSwallowedBraces) errors.AddBrokenStructure(reader.OriginOf(at), "", message);
    }
}
