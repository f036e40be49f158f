namespace Scp.Host.Hocon.Syntax;

/// <summary>One piece of a value as it was written. A value is a row of pieces: <c>${a} "b" [c]</c>.</summary>
internal abstract class SyntaxPart(Origin origin)
{
    public Origin Origin { get; } = origin;
}

/// <summary>Text, quoted or not, or the white space between two pieces.</summary>
internal sealed class SyntaxText(Origin origin, string text, bool isQuoted, bool isSpace = false) : SyntaxPart(origin)
{
    public string Text { get; } = text;
    public bool IsQuoted { get; } = isQuoted;
    public bool IsSpace { get; } = isSpace;
}

/// <summary>
/// <c>${path}</c> or <c>${?path}</c>. Inside an included file <see cref="Prefix"/> is the place of the include: the path
/// is looked up below it first.
/// </summary>
internal sealed class SyntaxSubstitution(Origin origin, string[] path, bool isOptional, string[] prefix) : SyntaxPart(origin)
{
    public string[] Path { get; } = path;
    public bool IsOptional { get; } = isOptional;
    public string[] Prefix { get; } = prefix;

    public override string ToString() => $"${{{(IsOptional ? "?" : "")}{PathText.Join(Path)}}}";
}

internal sealed class SyntaxArray(Origin origin) : SyntaxPart(origin)
{
    public List<SyntaxValue> Items { get; } = [];
}

internal sealed class SyntaxObject(Origin origin) : SyntaxPart(origin)
{
    public List<SyntaxMember> Members { get; } = [];
}

/// <summary>Stands where the parser reported an error.</summary>
internal sealed class SyntaxInvalid(Origin origin) : SyntaxPart(origin);

internal sealed class SyntaxValue(Origin origin, List<SyntaxPart> parts)
{
    public Origin Origin { get; } = origin;
    public List<SyntaxPart> Parts { get; } = parts;

    public static SyntaxValue Invalid(Origin origin) => new(origin, [new SyntaxInvalid(origin)]);
}

internal abstract class SyntaxMember;

/// <summary><c>a.b.c = value</c>, <c>a { … }</c>, or <c>a += value</c>.</summary>
internal sealed class SyntaxField(Origin origin, string[] path, SyntaxValue value, bool appends) : SyntaxMember
{
    public Origin Origin { get; } = origin;
    public string[] Path { get; } = path;
    public SyntaxValue Value { get; } = value;
    public bool Appends { get; } = appends;
}

/// <summary>The content of an included file, in its place.</summary>
internal sealed class SyntaxInclusion(SyntaxObject content) : SyntaxMember
{
    public SyntaxObject Content { get; } = content;
}
