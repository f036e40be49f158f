using System.Text;
using System.Text.RegularExpressions;

namespace Scp.Actors.Routing;

/// <summary>How a path pattern matches, the more specific first.</summary>
internal enum PathKind : byte
{
    Exact,
    Template,
    Prefix,
    Regex,
    Any,
}

/// <summary>One segment of a pattern: literal bytes, or a capture when it has a name.</summary>
internal readonly record struct PathSegment(byte[] Literal, string? Capture)
{
    public bool IsCapture => Capture is not null;
}

/// <summary>
/// The path a route asks for, in one of these forms:
/// <code>
/// /cart               that path alone ("/cart/" is another)
/// /users/{id}/orders  a capture stands for one segment that is not empty
/// /cart/*             "/cart" and everything below it; captures may stand before the "*"
/// ~^/v[0-9]+/         a regular expression, found anywhere in the path unless ^ and $ hold it
/// </code>
/// </summary>
internal sealed class PathPattern
{
    public static readonly PathPattern Any = new(PathKind.Any, "any path", [], null);

    private PathPattern(PathKind kind, string text, PathSegment[] segments, Regex? regex)
    {
        Kind = kind;
        Text = text;
        Segments = segments;
        Regex = regex;
        if (kind == PathKind.Exact) Exact = JoinLiterals(segments);
        Key = kind is PathKind.Regex or PathKind.Any ? text : KeyOf(segments, kind);
    }

    public PathKind Kind { get; }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Equal for patterns that match the same paths: the names of captures do not count.</summary>
    public string Key { get; }

    /// <summary>The segments after the first "/"; of a prefix those before the "*".</summary>
    public PathSegment[] Segments { get; }

    /// <summary>The whole path of an exact pattern, normalised.</summary>
    public byte[] Exact { get; } = [];

    public Regex? Regex { get; }

    public static PathPattern Parse(string text) =>
        TryParse(text, out var error) ?? throw new ArgumentException($"\"{text}\" is not a path: {error}", nameof(text));

    /// <summary>The pattern, or null and what is wrong with it.</summary>
    public static PathPattern? TryParse(string text, out string error)
    {
        if (text.StartsWith('~'))
        {
            var regex = SafeRegex.TryCreate(text[1..], out error);
            return regex is null ? null : new PathPattern(PathKind.Regex, text, [], regex);
        }

        error = WrongWith(text);
        if (error.Length > 0) return null;
        var isPrefix = text.EndsWith("/*", StringComparison.Ordinal);
        var inner = isPrefix ? text[..^2] : text;
        var segments = isPrefix && inner.Length == 0 ? [] : inner[1..].Split('/').Select(ToSegment).ToArray();
        error = WrongWith(segments);
        if (error.Length > 0) return null;
        var kind = isPrefix ? PathKind.Prefix : segments.Any(s => s.IsCapture) ? PathKind.Template : PathKind.Exact;
        return new PathPattern(kind, text, segments, null);
    }

    /// <summary>Index of the segment that a name captures, or -1.</summary>
    public int IndexOfCapture(string name) => Array.FindIndex(Segments, s => s.Capture == name);

    private static PathSegment ToSegment(string text) =>
        text.StartsWith('{') && text.EndsWith('}') ? new PathSegment([], text[1..^1]) : new PathSegment(UriText.EncodePath(text), null);

    private static string WrongWith(string text)
    {
        if (text is "" or "*") return "leave path out to match any";
        if (text[0] != '/') return "it begins with \"/\", or with \"~\" when it is a regular expression";
        if (text.AsSpan().IndexOfAny('?', '#') >= 0) return "a path has no \"?\" and no \"#\"; parameters are matched by query { }";
        var body = text.EndsWith("/*", StringComparison.Ordinal) ? text.AsSpan()[..^2] : text;
        if (body.Contains('*')) return "\"*\" stands only for the last segment, as in \"/cart/*\"; else use a regular expression (~...)";
        return "";
    }

    private static string WrongWith(PathSegment[] segments)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (literal, capture) in segments)
        {
            var wrong = capture is null ? WrongWithLiteral(Encoding.ASCII.GetString(literal)) : WrongWithCapture(capture);
            if (wrong.Length > 0) return wrong;
            if (capture is not null && !names.Add(capture)) return $"{{{capture}}} is there twice";
        }

        return "";
    }

    private static string WrongWithLiteral(string literal)
    {
        if (literal is "." or "..") return "requests arrive without \".\" and \"..\" segments";
        var hasBrace = literal.Contains("%7B", StringComparison.Ordinal) || literal.Contains("%7D", StringComparison.Ordinal);
        return hasBrace ? "a capture is a whole segment, as in \"/users/{id}\"" : "";
    }

    private static string WrongWithCapture(string name)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return "a capture is named by letters, digits, \"-\" and \"_\"";
        return TargetTemplate.IsReserved(name) ? $"{{{name}}} is a name that rewrites and redirects use; call the capture otherwise" : "";
    }

    private static byte[] JoinLiterals(PathSegment[] segments) =>
        [.. segments.SelectMany(s => (IEnumerable<byte>)[(byte)'/', .. s.Literal])];

    private static string KeyOf(PathSegment[] segments, PathKind kind) =>
        string.Concat(segments.Select(s => s.IsCapture ? "/{}" : "/" + Encoding.ASCII.GetString(s.Literal)))
        + (kind == PathKind.Prefix ? "/*" : "");
}
