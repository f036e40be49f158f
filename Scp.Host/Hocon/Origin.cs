namespace Scp.Host.Hocon;

/// <summary>Where a key or a value was written: line and column count from one, columns in UTF-16 units.</summary>
public readonly record struct Origin(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
