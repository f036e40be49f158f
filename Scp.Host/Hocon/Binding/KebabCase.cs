using System.Text;

namespace Scp.Host.Hocon.Binding;

/// <summary>
/// <c>MaxHeaderSize</c> ⇄ <c>max-header-size</c>; <c>Http2Streams</c> is <c>http2-streams</c>, <c>TLSVersion</c> is
/// <c>tls-version</c>.
/// </summary>
public static class KebabCase
{
    public static string From(string pascal)
    {
        var kebab = new StringBuilder(pascal.Length + 4);
        for (var i = 0; i < pascal.Length; i++)
        {
            var startsWord = i > 0 && char.IsUpper(pascal[i])
                && (!char.IsUpper(pascal[i - 1]) || (i + 1 < pascal.Length && char.IsLower(pascal[i + 1])));
            if (startsWord) kebab.Append('-');
            kebab.Append(char.ToLowerInvariant(pascal[i]));
        }
        return kebab.ToString();
    }
}
