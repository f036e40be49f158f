using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Scp.Actors.Routing;

/// <summary>What the value of a field or a query parameter must be: "text" (equal, case-sensitive), "*" (anything), "~regex".</summary>
internal sealed class ValuePattern
{
    private readonly byte[]? _expected;
    private readonly Regex? _regex;

    private ValuePattern(string text, byte[]? expected, Regex? regex)
    {
        Text = text;
        _expected = expected;
        _regex = regex;
    }

    public string Text { get; }

    /// <summary>The pattern, or null and what is wrong with it.</summary>
    public static ValuePattern? TryParse(string text, out string error)
    {
        error = "";
        if (text == "*") return new ValuePattern(text, null, null);
        if (!text.StartsWith('~')) return new ValuePattern(text, Encoding.UTF8.GetBytes(text), null);
        var regex = SafeRegex.TryCreate(text[1..], out error);
        return regex is null ? null : new ValuePattern(text, null, regex);
    }

    /// <summary>The text itself, without the meaning of "*" and "~".</summary>
    public static ValuePattern Exactly(string text) => new(text, Encoding.UTF8.GetBytes(text), null);

    public static ValuePattern Parse(string text) =>
        TryParse(text, out var error) ?? throw new ArgumentException($"\"{text}\" is not a value: {error}", nameof(text));

    public bool Matches(ReadOnlySpan<byte> value) =>
        _regex is not null ? SafeRegex.IsMatch(_regex, value) : _expected is null || value.SequenceEqual(_expected);

    /// <summary>The same for a value in form encoding: "+" is a space and "%41" is "A".</summary>
    public bool MatchesEncoded(ReadOnlySpan<byte> encoded)
    {
        if (_regex is null && _expected is null) return true;
        if (encoded.IndexOfAny((byte)'%', (byte)'+') < 0) return Matches(encoded);
        var rented = encoded.Length > 512 ? ArrayPool<byte>.Shared.Rent(encoded.Length) : null;
        var decoded = rented ?? stackalloc byte[512];
        var isMatch = Matches(decoded[..QueryText.Decode(encoded, decoded)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return isMatch;
    }
}
