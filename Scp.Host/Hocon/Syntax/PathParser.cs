using System.Text;

namespace Scp.Host.Hocon.Syntax;

/// <summary>Reads <c>a.b."c.d"</c>: dots outside quotes separate, white space inside an element belongs to it.</summary>
internal sealed class PathParser(TokenReader reader, ConfigErrors errors)
{
    private readonly List<string> elements = [];
    private readonly StringBuilder element = new();
    private bool hasElement;

    /// <summary>Null when an error was reported; the reader then stands on the token behind the path.</summary>
    public string[]? Read(string role)
    {
        elements.Clear();
        element.Clear();
        hasElement = false;
        var origin = reader.Here;
        var intact = ReadElements(origin, role);
        if (!intact) return null;
        if (hasElement)
        {
            elements.Add(element.ToString());
            return [.. elements];
        }
        errors.Add(origin, "", elements.Count == 0 ? $"{role} is missing here" : $"{role} may not end with a dot");
        return null;
    }

    private bool ReadElements(Origin origin, string role)
    {
        var pendingSpace = "";
        while (reader.Current.Kind is TokenKind.Word or TokenKind.Quoted or TokenKind.Space)
        {
            var token = reader.Take();
            if (token.Kind == TokenKind.Space)
            {
                pendingSpace = token.Text;
                continue;
            }
            if (hasElement || elements.Count > 0) element.Append(pendingSpace);
            pendingSpace = "";
            if (token.Kind == TokenKind.Quoted)
            {
                element.Append(token.Text);
                hasElement = true;
            }
            else if (!ReadWord(token.Text))
            {
                errors.Add(origin, "", $"{role} has an empty element: two dots in a row, or a dot at its start");
                return false;
            }
        }
        return true;
    }

    private bool ReadWord(string word)
    {
        foreach (var c in word)
        {
            if (c != '.')
            {
                element.Append(c);
                hasElement = true;
                continue;
            }
            if (!hasElement) return false;
            elements.Add(element.ToString());
            element.Clear();
            hasElement = false;
        }
        return true;
    }
}
