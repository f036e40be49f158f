namespace Scp.Host.Hocon.Syntax;

/// <summary>Parses values: rows of words, strings, substitutions, lists and objects up to a newline, comma or closing brace.</summary>
internal sealed class ValueParser(Parser parser, TokenReader reader, BraceBalance balance, ParseSession session, string[] prefix)
{
    private readonly PathParser paths = new(reader, session.Errors);

    /// <summary>A list turned out to lack its end: all lists and values around it end here too.</summary>
    private bool isListBroken;

    /// <summary>The value behind <c>=</c>, <c>:</c> or <c>+=</c>; it may begin on a later line, as in JSON.</summary>
    public SyntaxValue ParseAssigned(Token key, string path)
    {
        var separator = reader.Take();
        reader.SkipBlank();
        if (reader.Current.EndsValue)
        {
            var origin = reader.OriginOf(key);
            session.Errors.Add(origin, parser.Path,
                $"'{path}' has no value behind '{separator.Text}'; write \"\" for an empty string or null for none");
            return SyntaxValue.Invalid(origin);
        }
        return Parse(key, path, list: null);
    }

    /// <summary>
    /// <paramref name="list"/> is the bracket of the list the value is an element of. A value on a later line that turns
    /// out to be a setting of its own shows that the value of <paramref name="key"/>, or the end of the list, is missing.
    /// </summary>
    public SyntaxValue Parse(Token key, string path, Token? list)
    {
        var first = reader.Current;
        var origin = reader.Here;
        var parts = new List<SyntaxPart>();
        while (!reader.Current.EndsValue && !isListBroken)
        {
            var token = reader.Current;
            if (first.Line > (list ?? key).Line && LooksLikeSetting(token, parts))
            {
                ReportMissing(key, path, list);
                reader.ReturnTo(first);
                return SyntaxValue.Invalid(origin);
            }
            if (ParsePart(token) is { } part)
            {
                parts.Add(part);
                continue;
            }
            ReportForbidden(first, token, parts.Count, list is not null);
            reader.SkipToValueEnd();
            return SyntaxValue.Invalid(origin);
        }
        if (list is null) isListBroken = false;
        return new SyntaxValue(origin, TextRow.Fold(parts));
    }

    private bool LooksLikeSetting(Token token, List<SyntaxPart> parts) => token.Kind switch
    {
        TokenKind.Assign => parts.Count > 0 && parts.TrueForAll(part => part is SyntaxText) && !reader.IsTight(token),
        TokenKind.Append => true,
        TokenKind.OpenBrace => parts.Exists(part => part is SyntaxText { IsSpace: false }),
        _ => false,
    };

    private void ReportMissing(Token key, string path, Token? list)
    {
        isListBroken = list is not null;
        if (list is { } bracket)
            balance.ReportUnclosedBracket(bracket);
        else
            session.Errors.Add(reader.OriginOf(key), parser.Path, $"'{path}' has no value; the next line is another setting");
    }

    private SyntaxPart? ParsePart(Token token)
    {
        var origin = reader.OriginOf(token);
        switch (token.Kind)
        {
            case TokenKind.Word or TokenKind.Quoted or TokenKind.Space:
                reader.Advance();
                return new SyntaxText(origin, token.Text, token.Kind == TokenKind.Quoted, token.Kind == TokenKind.Space);
            case TokenKind.Substitution:
                return ParseSubstitution(origin, token);
            case TokenKind.OpenBrace:
                return (SyntaxPart?)parser.ParseObject() ?? new SyntaxInvalid(origin);
            case TokenKind.OpenBracket:
                return ParseList(origin, token);
            default:
                return null;
        }
    }

    private SyntaxPart ParseSubstitution(Origin origin, Token token)
    {
        reader.Advance();
        var path = paths.Read("the path of a substitution");
        if (reader.Current.Kind == TokenKind.CloseBrace)
        {
            reader.Advance();
            return path is null || path.Length > session.Limits.Nesting
                ? new SyntaxInvalid(origin)
                : new SyntaxSubstitution(origin, path, token.Text == "${?", prefix);
        }
        if (path is not null && reader.Current.Kind != TokenKind.Broken)
            session.Errors.Add(origin, parser.Path,
                $"the substitution '{token.Text}' must end with '}}' on the same line; its path may hold only names, dots and quotes");
        SkipToEndOfSubstitution();
        return new SyntaxInvalid(origin);
    }

    private void SkipToEndOfSubstitution()
    {
        while (reader.Current.Kind is not (TokenKind.End or TokenKind.NewLine or TokenKind.CloseBrace)) reader.Advance();
        if (reader.Current.Kind == TokenKind.CloseBrace) reader.Advance();
    }

    private SyntaxPart ParseList(Origin origin, Token bracket)
    {
        if (!parser.Enter(1)) return new SyntaxInvalid(origin);
        var list = new SyntaxArray(origin);
        var wasInList = parser.IsInList;
        parser.IsInList = true;
        reader.Advance();
        while (ParseItem(list, bracket))
        {
        }
        parser.IsInList = wasInList;
        parser.Leave(1);
        return list;
    }

    /// <summary>False when the list is over.</summary>
    private bool ParseItem(SyntaxArray list, Token bracket)
    {
        reader.SkipBlank();
        switch (reader.Current.Kind)
        {
            case TokenKind.CloseBracket:
                reader.Advance();
                return false;
            case TokenKind.End or TokenKind.CloseBrace:
                balance.ReportUnclosedBracket(bracket);
                return false;
            case TokenKind.Comma:
                session.Errors.Add(reader.Here, "", "this comma separates nothing; remove it");
                reader.Advance();
                return true;
        }
        if (!session.CountValue(reader.Here))
        {
            balance.BeSilent();
            reader.SkipToEnd();
            return false;
        }
        list.Items.Add(Parse(bracket, "", bracket));
        if (isListBroken) return false;
        reader.SkipBlank();
        if (reader.Current.Kind == TokenKind.Comma) reader.Advance();
        return true;
    }

    private void ReportForbidden(Token first, Token token, int partsBefore, bool isInList)
    {
        var remedy = Secrets.IsSecret(parser.Path) ? "put it in quotes" : $"write {JsonText.Quote(reader.WrittenFrom(first))}";
        var message = token.Kind switch
        {
            TokenKind.Broken => null,
            TokenKind.Assign when reader.IsTight(token) && first.Kind == TokenKind.Word && partsBefore == 1 =>
                $"'{token.Text}' may not stand in a value without quotes; {remedy}",
            TokenKind.Assign or TokenKind.Append when isInList =>
                $"'{token.Text}' may not stand in a list; write {{ key = value }} for an object, or quote the element",
            TokenKind.Assign or TokenKind.Append =>
                $"'{token.Text}' may not stand in a value; begin the next setting on a new line or behind a comma, or quote the value",
            _ => $"{Characters.Show(token.Text[0])} may not stand in a value without quotes; {remedy}",
        };
        if (message is not null) session.Errors.Add(reader.OriginOf(token), parser.Path, message);
    }
}
