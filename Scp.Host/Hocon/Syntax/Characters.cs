namespace Scp.Host.Hocon.Syntax;

/// <summary>The character classes of the HOCON specification.</summary>
internal static class Characters
{
    private const string Reserved = "$\"{}[]:=,+#`^?!@*&\\";

    /// <summary>White space within a line; a byte order mark counts, as the specification asks.</summary>
    public static bool IsSpace(char c) => c != '\n' && (char.IsWhiteSpace(c) || c == '\uFEFF');

    /// <summary>Characters that never appear in an unquoted string. Control characters are refused with them.</summary>
    public static bool NeedsQuotes(char c) => Reserved.Contains(c) || char.IsControl(c);

    /// <summary>A character as an error message shows it.</summary>
    public static string Show(char c) => char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : $"'{c}'";
}
