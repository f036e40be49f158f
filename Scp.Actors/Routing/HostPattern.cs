using System.Text;

namespace Scp.Actors.Routing;

/// <summary>How a host pattern matches, the more specific first.</summary>
internal enum HostKind : byte
{
    Exact,
    Wildcard,
    Any,
}

/// <summary>
/// The host a route asks for. "shop.example" is that host alone; "*.example.com" is every host below example.com, at any depth, and
/// not example.com itself. Case and port do not matter.
/// </summary>
internal sealed class HostPattern
{
    public static readonly HostPattern Any = new(HostKind.Any, [], "any host");

    private HostPattern(HostKind kind, byte[] name, string text)
    {
        Kind = kind;
        Name = name;
        Text = text;
    }

    public HostKind Kind { get; }

    /// <summary>Lower case; of a wildcard what follows "*.".</summary>
    public byte[] Name { get; }

    /// <summary>As people read it, and equal for equal patterns.</summary>
    public string Text { get; }

    public static HostPattern Parse(string text) =>
        TryParse(text, out var error) ?? throw new ArgumentException($"\"{text}\" is not a host: {error}", nameof(text));

    /// <summary>The pattern, or null and what is wrong with it.</summary>
    public static HostPattern? TryParse(string text, out string error)
    {
        var isWildcard = text.StartsWith("*.", StringComparison.Ordinal);
        var name = (isWildcard ? text[2..] : text).ToLowerInvariant();
        error = WrongWith(text, name, isWildcard);
        if (error.Length > 0) return null;
        var bytes = Encoding.ASCII.GetBytes(name);
        return isWildcard ? new HostPattern(HostKind.Wildcard, bytes, "*." + name) : new HostPattern(HostKind.Exact, bytes, name);
    }

    private static string WrongWith(string text, string name, bool isWildcard)
    {
        if (text.Length == 0) return "it is empty; leave host out to match any";
        if (text == "*") return "leave host out to match any";
        if (name.StartsWith('['))
            return IsIpv6(name) && !isWildcard ? "" : "an IPv6 address is written [::1], without a port";
        if (name.Contains(':')) return "a host has no port and no scheme here";
        if (name.Contains('*')) return "\"*\" stands only for the first labels, as in \"*.example.com\"";
        if (name.Length > 253) return "a host name has at most 253 characters";
        if (name.Any(c => c > 0x7F)) return "write it in its ASCII form (xn--...)";
        foreach (var label in name.Split('.'))
            if (WrongWithLabel(label) is { Length: > 0 } wrong) return wrong;
        return "";
    }

    private static bool IsIpv6(string name) => name.EndsWith(']') && System.Net.IPAddress.TryParse(name, out _);

    private static string WrongWithLabel(string label)
    {
        if (label.Length == 0) return "it has an empty label";
        if (label.Length > 63) return "a label has at most 63 characters";
        var isPlain = label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return isPlain ? "" : "only letters, digits, \"-\", \"_\" and \".\" are allowed";
    }
}
