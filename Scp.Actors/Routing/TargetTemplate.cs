using System.Text;
using System.Text.RegularExpressions;
using Scp.Streams.Messages;

namespace Scp.Actors.Routing;

/// <summary>
/// A target put together from a request: literal text, <c>{host} {authority} {path} {query} {rest}</c>, captures of the route's path
/// (<c>{id}</c>, and <c>$1</c> or <c>{name}</c> of a regular expression). Captures are read from the path only when one is written, and
/// every part is escaped for itself, so a client can put no separator, control character or escape into it.
/// </summary>
internal sealed class TargetTemplate
{
    private readonly PathPattern _pattern;
    private readonly List<Part> _parts = [];

    private TargetTemplate(PathPattern pattern) => _pattern = pattern;

    private enum PartKind : byte
    {
        Literal,
        Host,
        Authority,
        Path,
        Query,
        Rest,
        Segment,
        Group,
    }

    private readonly record struct Part(PartKind Kind, byte[] Literal, int Index = 0);

    /// <summary>It cannot be written for a request that names no host.</summary>
    public bool NeedsHost => _parts.Exists(p => p.Kind is PartKind.Host or PartKind.Authority);

    /// <summary>Names that mean a part of the request, so no capture may have them.</summary>
    public static bool IsReserved(string name) => name is "host" or "authority" or "path" or "query" or "rest";

    /// <summary>The template for requests that matched the pattern, or null and what is wrong with it.</summary>
    public static TargetTemplate? TryParse(string text, PathPattern pattern, out string error)
    {
        var template = new TargetTemplate(pattern);
        error = "";
        for (var at = 0; at < text.Length && error.Length == 0;)
        {
            var next = text.AsSpan(at).IndexOfAny('{', '}', '$');
            var literal = next < 0 ? text[at..] : text.Substring(at, next);
            if (literal.Length > 0) template._parts.Add(new Part(PartKind.Literal, UriText.EncodeUri(literal)));
            at += literal.Length;
            if (next >= 0) at = template.AddReference(text, at, out error);
        }

        return error.Length == 0 ? template : null;
    }

    /// <summary>Appends the target for a request whose path matched the pattern.</summary>
    public void Write(ref ByteBuilder to, RequestHead request)
    {
        Match? match = null;
        foreach (var part in _parts)
        {
            switch (part.Kind)
            {
                case PartKind.Literal: to.Append(part.Literal); break;
                case PartKind.Host: UriText.AppendAuthority(ref to, request.HostBytes); break;
                case PartKind.Authority: UriText.AppendAuthority(ref to, request.AuthorityBytes); break;
                case PartKind.Path: UriText.AppendPath(ref to, request.PathBytes); break;
                case PartKind.Query: WriteQuery(ref to, request); break;
                case PartKind.Rest: UriText.AppendPath(ref to, AfterSegments(request.PathBytes, _pattern.Segments.Length)); break;
                case PartKind.Segment: UriText.AppendPath(ref to, Segment(request.PathBytes, part.Index)); break;
                case PartKind.Group:
                    match ??= _pattern.Regex!.Match(Encoding.Latin1.GetString(request.PathBytes));
                    UriText.AppendPath(ref to, Encoding.Latin1.GetBytes(match.Groups[part.Index].Value));
                    break;
            }
        }
    }

    /// <summary>Reads "{name}" or "$1" at a position; returns the position after it.</summary>
    private int AddReference(string text, int at, out string error)
    {
        if (text[at] == '$')
        {
            var end = at + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            error = AddGroup(text[(at + 1)..end]);
            return end;
        }

        var close = text.IndexOf('}', at);
        if (text[at] == '}' || close < 0)
        {
            error = "its braces do not balance";
            return text.Length;
        }

        error = AddName(text[(at + 1)..close]);
        return close + 1;
    }

    private string AddGroup(string digits)
    {
        if (_pattern.Regex is null) return "\"$\" refers to a group of a regular expression, and the path is none";
        if (!int.TryParse(digits, out var number)) return "\"$\" is followed by the number of a group, as in \"$1\"";
        if (!_pattern.Regex.GetGroupNumbers().Contains(number)) return $"the path has no group ${number}";
        _parts.Add(new Part(PartKind.Group, [], number));
        return "";
    }

    private string AddName(string name)
    {
        var (kind, index) = name switch
        {
            "host" => (PartKind.Host, 0),
            "authority" => (PartKind.Authority, 0),
            "path" => (PartKind.Path, 0),
            "query" => (PartKind.Query, 0),
            "rest" => (PartKind.Rest, _pattern.Kind == PathKind.Prefix ? 0 : -1),
            _ when _pattern.Regex is { } regex => (PartKind.Group, regex.GroupNumberFromName(name)),
            _ => (PartKind.Segment, _pattern.IndexOfCapture(name)),
        };
        if (index < 0 && kind == PartKind.Rest) return $"{{rest}} is what \"*\" stands for, and the path {_pattern.Text} has none";
        if (index < 0) return $"the path {_pattern.Text} captures no {{{name}}}";
        _parts.Add(new Part(kind, [], index));
        return "";
    }

    private static void WriteQuery(ref ByteBuilder to, RequestHead request)
    {
        if (!request.Target.HasQuery) return;
        to.Append(to.Written.Contains((byte)'?') ? (byte)'&' : (byte)'?');
        UriText.AppendQuery(ref to, request.QueryBytes);
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> path, int index)
    {
        var rest = AfterSegments(path, index);
        var slash = rest.IndexOf((byte)'/');
        return slash < 0 ? rest : rest[..slash];
    }

    /// <summary>What follows the first segments, without the "/" before it.</summary>
    private static ReadOnlySpan<byte> AfterSegments(ReadOnlySpan<byte> path, int count)
    {
        var rest = path[Math.Min(1, path.Length)..];
        for (; count > 0; count--)
        {
            var slash = rest.IndexOf((byte)'/');
            if (slash < 0) return default;
            rest = rest[(slash + 1)..];
        }

        return rest;
    }
}
