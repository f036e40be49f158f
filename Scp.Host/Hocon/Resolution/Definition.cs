using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Resolution;

internal enum DefinitionKind
{
    /// <summary>An object without substitutions of its own: its keys live in the child slots.</summary>
    Object,

    /// <summary>Replaces all before it, whatever its substitutions turn out to be: text, a list, null.</summary>
    Replacement,

    /// <summary>Nothing but substitutions: replaces, merges or vanishes, depending on what they lead to.</summary>
    Open,
}

/// <summary>
/// One setting of one key, in the order in which the layers were read. <see cref="Floor"/> is where a look back at
/// the key's own earlier value ends: the sequence of the first definition of the same statement.
/// </summary>
internal sealed class Definition(int sequence, int floor, DefinitionKind kind, Origin keyOrigin, Origin origin, SyntaxValue? value)
{
    public int Sequence { get; } = sequence;
    public int Floor { get; } = floor;
    public DefinitionKind Kind { get; } = kind;
    public Origin KeyOrigin { get; } = keyOrigin;
    public Origin Origin { get; } = origin;
    public SyntaxValue? Value { get; } = value;

    /// <summary><c>a += x</c> stands for <c>a = ${?a} [x]</c>.</summary>
    public bool Appends { get; init; }

    /// <summary>A substitution beside an object (<c>${base} { … }</c>) must lead to an object.</summary>
    public bool MustBeObject { get; init; }

    /// <summary>False for an object that exists only because a longer path runs through it (<c>a.b = 1</c> for <c>a</c>).</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Which reading of which file it came from.</summary>
    public int Source { get; init; }

    /// <summary>
    /// Index of the nearest older definition that is no literal object, or -1. Thousands of routes make long runs of objects.
    /// </summary>
    public int PreviousValue { get; set; } = -1;

    /// <summary>Index of the nearest older definition that is no mere step of a longer path, or -1.</summary>
    public int PreviousWhole { get; set; } = -1;

    /// <summary>Being resolved right now; meeting it again is a look back or a cycle.</summary>
    public bool IsActive { get; set; }

    public bool IsPoisoned { get; set; }
    public HoconValue? Resolved { get; set; }
    public bool IsResolved { get; set; }
}
