using System.Text;

namespace Scp.Host.Hocon.Syntax;

/// <summary>Writes a path as a file would: elements with special characters in quotes.</summary>
internal static class PathText
{
    public static string Join(IEnumerable<string> path) => string.Join('.', path.Select(Element));

    public static string Append(string path, string key) => path.Length == 0 ? Element(key) : $"{path}.{Element(key)}";

    public static string Element(string key) => IsPlain(key) ? key : JsonText.Quote(key);

    /// <summary>The elements of a path that <see cref="Join"/> or <see cref="Append"/> wrote.</summary>
    public static IReadOnlyList<string> Split(string path)
    {
        var elements = new List<string>();
        var element = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '"') isQuoted = !isQuoted;
            else if (isQuoted && path[i] == '\\' && i + 1 < path.Length) element.Append(path[++i]); // only what has to be escaped was
            else if (path[i] != '.' || isQuoted) element.Append(path[i]);
            else
            {
                elements.Add(element.ToString());
                element.Clear();
            }
        }

        elements.Add(element.ToString());
        return elements;
    }

    /// <summary>Letters, digits, '-' and '_': such a key needs no quotes anywhere.</summary>
    public static bool IsPlain(string key)
    {
        if (key.Length == 0 || key == "include") return false;
        foreach (var c in key)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        return true;
    }
}
