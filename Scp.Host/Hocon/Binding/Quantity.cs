using System.Globalization;

namespace Scp.Host.Hocon.Binding;

/// <summary>A number and a unit: <c>1.5 s</c>. The number is decimal, so that 0.1 stays exact.</summary>
internal static class Quantity
{
    public static bool TrySplit(string text, out decimal number, out string unit)
    {
        text = text.Trim();
        var length = text.Length;
        while (length > 0 && (char.IsAsciiLetter(text[length - 1]) || text[length - 1] == '%')) length--;
        unit = text[length..];
        return decimal.TryParse(text.AsSpan(0, length).TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
