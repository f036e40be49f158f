namespace Scp.Host.Hocon.Syntax;

/// <summary>
/// Parses one file into a syntax tree. Every mistake is reported and skipped up to the end of its setting, so one pass
/// finds the mistakes of all sections.
/// </summary>
internal sealed class Parser
{
    private readonly ParseSession session;
    private readonly SourceText source;
    private readonly TokenReader reader;
    private readonly BraceBalance balance;
    private readonly ValueParser values;
    private readonly PathParser paths;
    private readonly IncludeParser includes;

    /// <summary>The path of the object being parsed, from the root of the configuration.</summary>
    private readonly List<string> place;

    private int depth;

    public Parser(SourceText source, ParseSession session, string[] prefix, int depth)
    {
        this.session = session;
        this.source = source;
        this.depth = depth;
        place = [.. prefix];
        reader = new TokenReader(new Lexer(source.Name, source.Text, session.Errors), source.Text);
        balance = new BraceBalance(reader, session.Errors);
        paths = new PathParser(reader, session.Errors);
        values = new ValueParser(this, reader, balance, session, prefix);
        includes = new IncludeParser(reader, source, session);
    }

    /// <summary>True inside a list, where keys have no path and an include no place.</summary>
    public bool IsInList { get; set; }

    /// <summary>The key being parsed, for errors.</summary>
    public string Path => PathText.Join(place);

    public SyntaxObject ParseFile()
    {
        reader.SkipBlank();
        var root = new SyntaxObject(reader.Here);
        if (reader.Current.Kind == TokenKind.OpenBracket)
        {
            session.Errors.AddBrokenStructure(reader.Here, "", "a configuration file holds keys; a list cannot be its root");
            return root;
        }
        if (reader.Current.Kind == TokenKind.OpenBrace)
        {
            balance.Open(reader.Take());
            ParseMembers(root, isBraced: true);
            reader.SkipBlank();
            if (reader.Current.Kind == TokenKind.CloseBrace) balance.ReportExtra(reader.Take());
            else if (reader.Current.Kind != TokenKind.End)
                session.Errors.Add(reader.Here, "", "nothing may follow the '}' that ends the file");
        }
        ParseMembers(root, isBraced: false);
        return root;
    }

    /// <summary>Parses <c>{ … }</c> at the current brace; null when it is nested too deeply.</summary>
    public SyntaxObject? ParseObject()
    {
        var content = new SyntaxObject(reader.Here);
        if (!Enter(1)) return null;
        balance.Open(reader.Take());
        ParseMembers(content, isBraced: true);
        depth--;
        return content;
    }

    /// <summary>Counts a level of nesting; false reports that there are too many, and skips what is nested.</summary>
    public bool Enter(int levels)
    {
        if (depth + levels <= session.Limits.Nesting)
        {
            depth += levels;
            return true;
        }
        session.Errors.Add(reader.Here, Path, $"more than {session.Limits.Nesting} levels of nesting");
        reader.SkipToValueEnd();
        return false;
    }

    public void Leave(int levels) => depth -= levels;

    private void ParseMembers(SyntaxObject target, bool isBraced)
    {
        while (true)
        {
            reader.SkipBlank();
            switch (reader.Current.Kind)
            {
                case TokenKind.End:
                    if (isBraced) balance.ReportUnclosed();
                    return;
                case TokenKind.CloseBrace when isBraced:
                    balance.Close(reader.Current);
                    reader.Advance();
                    return;
                case TokenKind.CloseBrace:
                    balance.ReportExtra(reader.Take());
                    continue;
                case TokenKind.CloseBracket:
                    balance.ReportBracket(reader.Take());
                    continue;
                case TokenKind.Comma:
                    session.Errors.Add(reader.Here, "", "this comma separates nothing; remove it");
                    reader.Advance();
                    continue;
            }
            ParseMember(target);
            reader.SkipBlank();
            if (reader.Current.Kind == TokenKind.Comma) reader.Advance();
        }
    }

    private void ParseMember(SyntaxObject target)
    {
        if (!session.CountValue(reader.Here))
        {
            balance.BeSilent();
            reader.SkipToEnd();
            return;
        }
        if (includes.IsAtInclude())
        {
            if (includes.Parse(IsInList ? [] : [.. place], depth) is { } content) target.Members.Add(new SyntaxInclusion(content));
            return;
        }
        ParseField(target);
    }

    private void ParseField(SyntaxObject target)
    {
        var start = reader.Current;
        var origin = reader.Here;
        var path = paths.Read("a key");
        if (path is null || !Enter(path.Length - 1))
        {
            reader.SkipToValueEnd();
            return;
        }
        place.AddRange(path);
        var isAtSeparator = IsAtSeparator(start, path);
        var appends = reader.Current.Kind == TokenKind.Append;
        var value = isAtSeparator ? ParseValue(start, path) : SyntaxValue.Invalid(origin);
        if (!isAtSeparator) reader.SkipToValueEnd();
        target.Members.Add(new SyntaxField(origin, path, value, appends));
        place.RemoveRange(place.Count - path.Length, path.Length);
        Leave(path.Length - 1);
    }

    private SyntaxValue ParseValue(Token key, string[] path) => reader.Current.Kind == TokenKind.OpenBrace
        ? values.Parse(key, PathText.Join(path), list: null)
        : values.ParseAssigned(key, PathText.Join(path));

    private bool IsAtSeparator(Token start, string[] path)
    {
        switch (reader.Current.Kind)
        {
            case TokenKind.Assign or TokenKind.Append or TokenKind.OpenBrace:
                return true;
            case TokenKind.Broken:
                return false;
            case TokenKind.Reserved:
                session.Errors.Add(reader.Here, Path,
                    $"{Characters.Show(reader.Current.Text[0])} may not stand in a key without quotes; "
                    + $"write {JsonText.Quote(reader.WrittenFrom(start))}");
                return false;
            default:
                session.Errors.Add(reader.OriginOf(start), Path,
                    $"'{PathText.Join(path)}' has no value; "
                    + $"write {PathText.Join(path)} = …, or put it in quotes if it belongs to the value above");
                return false;
        }
    }
}
