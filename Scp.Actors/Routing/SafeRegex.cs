using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Scp.Actors.Routing;

/// <summary>
/// Regular expressions over bytes of a request. They run in time linear in the text (no backtracking), so no client can make one
/// expensive. Bytes are read as Latin-1: one byte, one character.
/// </summary>
internal static class SafeRegex
{
    private const int OnStack = 512;

    /// <summary>The expression, or null and why it is none.</summary>
    public static Regex? TryCreate(string pattern, out string error)
    {
        error = "";
        try
        {
            if (pattern.Length > 0) return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            error = "the regular expression is empty";
        }
        catch (ArgumentException e)
        {
            error = $"the regular expression is not valid: {e.Message}";
        }
        catch (NotSupportedException)
        {
            error = "the regular expression uses what takes unbounded time (look-around, back-references, atomic groups) or is too large";
        }

        return null;
    }

    public static bool IsMatch(Regex regex, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= OnStack)
        {
            Span<char> text = stackalloc char[OnStack];
            Encoding.Latin1.GetChars(bytes, text);
            return regex.IsMatch(text[..bytes.Length]);
        }

        var rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        Encoding.Latin1.GetChars(bytes, rented);
        var isMatch = regex.IsMatch(rented.AsSpan(0, bytes.Length));
        ArrayPool<char>.Shared.Return(rented);
        return isMatch;
    }
}
