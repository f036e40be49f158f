namespace Scp.Host.Hocon;

/// <summary>What a scalar is in JSON. Durations, sizes, on/off are strings here: only the property they bind to knows better.</summary>
public enum ScalarKind
{
    Null,
    Boolean,
    Number,
    String,
}

/// <summary>A string, number, boolean or null; <see cref="Text"/> keeps what was written, so <c>1.50</c> stays <c>1.50</c>.</summary>
public sealed class HoconScalar(Origin origin, ScalarKind kind, string text) : HoconValue(origin), IEquatable<HoconScalar>
{
    public ScalarKind Kind { get; } = kind;
    public string Text { get; } = text;

    internal override int Depth => 1;
    internal override long Weight => 1 + Text.Length;

    public override string Noun => Kind switch
    {
        ScalarKind.Null => "null",
        ScalarKind.Boolean => "a boolean",
        ScalarKind.Number => "a number",
        _ => "a string",
    };

    /// <summary>An unquoted word: <c>null</c>, <c>true</c>, <c>false</c> and JSON numbers are special, all else is a string.</summary>
    public static HoconScalar FromWord(Origin origin, string word) => new(origin, KindOf(word), word);

    public static HoconScalar FromString(Origin origin, string text) => new(origin, ScalarKind.String, text);

    public static ScalarKind KindOf(string word) => word switch
    {
        "null" => ScalarKind.Null,
        "true" or "false" => ScalarKind.Boolean,
        _ => JsonNumber.Matches(word) ? ScalarKind.Number : ScalarKind.String,
    };

    public bool Equals(HoconScalar? other) => other is not null && Kind == other.Kind && Text == other.Text;
    public override bool Equals(object? obj) => Equals(obj as HoconScalar);
    public override int GetHashCode() => HashCode.Combine(Kind, Text);
}
