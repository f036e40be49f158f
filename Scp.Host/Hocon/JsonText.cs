using System.Globalization;
using System.Text;

namespace Scp.Host.Hocon;

/// <summary>JSON string literals. Controls and lone surrogates are escaped, so the text survives UTF-8 and terminals.</summary>
internal static class JsonText
{
    public static string Quote(string text)
    {
        var output = new StringBuilder(text.Length + 2);
        Quote(output, text);
        return output.ToString();
    }

    public static void Quote(StringBuilder output, string text)
    {
        output.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                output.Append(c).Append(text[++i]);
            else
                Escape(output, c);
        }
        output.Append('"');
    }

    private static void Escape(StringBuilder output, char c)
    {
        switch (c)
        {
            case '"': output.Append("\\\""); break;
            case '\\': output.Append("\\\\"); break;
            case '\n': output.Append("\\n"); break;
            case '\r': output.Append("\\r"); break;
            case '\t': output.Append("\\t"); break;
            default:
                if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF')
                    output.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                else
                    output.Append(c);
                break;
        }
    }
}
