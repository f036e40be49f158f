using System.Text.RegularExpressions;

namespace Scp.Host.Hocon;

/// <summary>Keys whose values must not reach a terminal or a log. A path to a file that holds a secret is no secret.</summary>
public static partial class Secrets
{
    public const string Redacted = "<redacted>";

    public static bool IsSecret(string path) => path.Split('.').Any(key => Pattern().IsMatch(key) && !Location().IsMatch(key));

    [GeneratedRegex("password|passphrase|secret|token|private-key|connection-string", RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();

    [GeneratedRegex("-(file|path|dir)$", RegexOptions.IgnoreCase)]
    private static partial Regex Location();
}
