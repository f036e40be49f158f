namespace Scp.Host.Hocon;

/// <summary>One mistake in a configuration: where, which key (empty when no key is known), and what to do, in one sentence.</summary>
public sealed record ConfigError(string File, int Line, int Column, string Path, string Message) : IComparable<ConfigError>
{
    public ConfigError(Origin origin, string path, string message) : this(origin.File, origin.Line, origin.Column, path, message)
    {
    }

    public Origin Origin => new(File, Line, Column);

    public int CompareTo(ConfigError? other)
    {
        if (other is null) return 1;
        var order = string.CompareOrdinal(File, other.File);
        if (order == 0) order = Line.CompareTo(other.Line);
        if (order == 0) order = Column.CompareTo(other.Column);
        return order != 0 ? order : string.CompareOrdinal(Path, other.Path);
    }

    public override string ToString() => Path.Length == 0 ? $"{Origin}: {Message}" : $"{Origin}: {Path}: {Message}";

    public static bool operator <(ConfigError left, ConfigError right) => left.CompareTo(right) < 0;
    public static bool operator >(ConfigError left, ConfigError right) => left.CompareTo(right) > 0;
    public static bool operator <=(ConfigError left, ConfigError right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ConfigError left, ConfigError right) => left.CompareTo(right) >= 0;
}
