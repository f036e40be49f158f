namespace Scp.Host.Hocon;

/// <summary>RFC 8259 section 6: <c>-</c>? int frac? exp?, without leading zeros.</summary>
internal static class JsonNumber
{
    public static bool Matches(ReadOnlySpan<char> text)
    {
        var at = 0;
        if (at < text.Length && text[at] == '-') at++;
        var whole = Digits(text, ref at);
        if (whole == 0 || (whole > 1 && text[at - whole] == '0')) return false;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (Digits(text, ref at) == 0) return false;
        }
        if (at < text.Length && text[at] is ('e' or 'E'))
        {
            at++;
            if (at < text.Length && text[at] is ('+' or '-')) at++;
            if (Digits(text, ref at) == 0) return false;
        }
        return at == text.Length;
    }

    private static int Digits(ReadOnlySpan<char> text, ref int at)
    {
        var from = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return at - from;
    }
}
