namespace Scp.Host.Hocon;

/// <summary>
/// A resolved value: no substitutions are left in it. Two values are equal when they mean the same; origins and the
/// order of keys do not count.
/// </summary>
public abstract class HoconValue(Origin origin)
{
    public Origin Origin { get; } = origin;

    /// <summary>
    /// Levels below and including this one; bounded by <see cref="HoconLimits.Nesting"/>, so recursion over a value is safe.
    /// </summary>
    internal abstract int Depth { get; }

    /// <summary>What it costs to print the value: substitutions share subtrees, so a small file may stand for a huge text.</summary>
    internal abstract long Weight { get; }

    /// <summary>Counted for each key or element: punctuation and indentation.</summary>
    protected const int LineCost = 16;

    /// <summary>"a list", "an object", "a number": for sentences in error messages.</summary>
    public abstract string Noun { get; }
}

/// <summary>Stands where a value could not be read or resolved; its error has been reported already, so nobody reports it again.</summary>
public sealed class HoconInvalid(Origin origin) : HoconValue(origin)
{
    internal override int Depth => 1;
    internal override long Weight => 1;
    public override string Noun => "an unreadable value";
}
