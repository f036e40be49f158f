using System.Text;
using System.Text.RegularExpressions;
using Scp.Streams.Filters.FieldRules;

namespace Scp.Actors.Routing;

/// <summary>One mistake in the routes: the key, and what is wrong with it.</summary>
public sealed record RouteError(string Path, string Message);

/// <summary>Checks <c>scp.routes</c> as a whole; reports every mistake, not only the first.</summary>
public static partial class RouteValidator
{
    private static readonly int[] RedirectStatuses = [301, 302, 303, 307, 308];

    /// <summary>The framing is the proxy's own; what else is hop-by-hop has no place in a response that is made here.</summary>
    private static readonly HashSet<string> OwnFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "Trailer", "TE",
    };

    /// <summary>All mistakes, in configured order; none when <see cref="RouteTable.Compile"/> will accept the routes.</summary>
    /// <param name="routes">By name, in configured order.</param>
    /// <param name="pools">Names of the pools there are.</param>
    /// <param name="listeners">Names of the listeners there are.</param>
    public static IReadOnlyList<RouteError> Validate(
        IReadOnlyDictionary<string, RouteSettings> routes, IReadOnlyCollection<string> pools, IReadOnlyCollection<string> listeners)
    {
        var errors = new List<RouteError>();
        foreach (var (name, settings) in routes)
        {
            var route = new Findings($"scp.routes.{Quote(name)}", errors);
            CheckNames(settings.Listeners, listeners, "listener", "listeners", route);
            CheckMatch(settings, route);
            CheckAction(settings, pools, route);
            CheckTimeouts(settings.Timeouts, route);
            CheckFields("fields.downstream", settings.Fields.Downstream, route);
            CheckFields("fields.upstream", settings.Fields.Upstream, route);
        }

        errors.AddRange(UnreachableRoutes.Find(routes, name => $"scp.routes.{Quote(name)}"));
        return errors;
    }

    private static void CheckFields(string key, FieldRuleSettings rules, Findings found)
    {
        var errors = new List<string>();
        FieldRulesFilter.Create(rules, errors);
        foreach (var error in errors) found.Add(key, error);
    }

    private readonly struct Findings(string prefix, List<RouteError> errors)
    {
        public void Add(string key, string message) => errors.Add(new RouteError(key.Length == 0 ? prefix : $"{prefix}.{key}", message));
    }

    private static void CheckMatch(RouteSettings settings, Findings found)
    {
        foreach (var host in settings.Host)
            if (HostPattern.TryParse(host, out var error) is null) found.Add("host", $"\"{host}\" is not a host: {error}");
        foreach (var path in settings.Path)
            if (PathPattern.TryParse(path, out var error) is null) found.Add("path", $"\"{path}\" is not a path: {error}");
        foreach (var method in settings.Method)
            if (!Token().IsMatch(method)) found.Add("method", $"\"{method}\" is not a method");
        foreach (var (name, value) in settings.Header)
        {
            if (!Token().IsMatch(name)) found.Add($"header.{Quote(name)}", $"\"{name}\" is not a field name");
            if (ValuePattern.TryParse(value, out var error) is null) found.Add($"header.{Quote(name)}", error);
        }

        foreach (var (name, value) in settings.Query)
            if (ValuePattern.TryParse(value, out var error) is null) found.Add($"query.{Quote(name)}", error);
    }

    private static void CheckAction(RouteSettings settings, IReadOnlyCollection<string> pools, Findings found)
    {
        string[] actions = [
            .. settings.Pool is not null ? ["pool"] : Array.Empty<string>(),
            .. settings.Redirect.To is not null ? ["redirect"] : Array.Empty<string>(),
            .. settings.Respond.Status is not null ? ["respond"] : Array.Empty<string>()];
        if (actions.Length == 0) found.Add("", "it says neither pool, nor redirect.to, nor respond.status");
        if (actions.Length > 1) found.Add("", $"it says {string.Join(" and ", actions)}; one of them is enough");
        if (settings.Pool is not null) CheckNames([settings.Pool], pools, "pool", "pool", found);
        if (settings.Mirror.Pool is { } mirror) CheckNames([mirror], pools, "pool", "mirror.pool", found);
        if (settings is { Pool: null, Mirror.Pool: not null }) found.Add("mirror.pool", "only what is forwarded to a pool can be mirrored");
        if (settings.Redirect.To is not null) CheckRedirect(settings, settings.Redirect.To, found);
        if (settings.Respond.Status is { } status) CheckRespond(settings.Respond, status, found);
        if (settings.Respond.Status is null && settings.Respond.Body.Length > 0) found.Add("respond.status", "it is missing");
        if (settings.Pool is null && settings.Rewrite is not { StripPrefix: null, AddPrefix: null, Path: null, Host: null })
            found.Add("rewrite", "only what is forwarded to a pool can be rewritten");
        if (settings.Pool is null && settings.Subset.Labels.Count > 0) found.Add("subset", "only a pool has backends with labels");
        CheckRewrite(settings, found);
    }

    private static void CheckRewrite(RouteSettings settings, Findings found)
    {
        var rewrite = settings.Rewrite;
        CheckPrefix(rewrite.StripPrefix, "rewrite.strip-prefix", found);
        CheckPrefix(rewrite.AddPrefix, "rewrite.add-prefix", found);
        if (rewrite.Host is not (null or RequestRewrite.KeepHost or RequestRewrite.BackendHost)
            && !RequestRewrite.TrySplitAuthority(rewrite.Host, out _, out _, out var wrong))
            found.Add("rewrite.host", $"\"{rewrite.Host}\" is neither keep, nor backend, nor a host: {wrong}");
        if (rewrite.Path is null) return;
        if (rewrite.StripPrefix is not null || rewrite.AddPrefix is not null)
            found.Add("rewrite.path", "it is the whole new path; strip-prefix and add-prefix have no place beside it");
        if (!rewrite.Path.StartsWith('/')) found.Add("rewrite.path", "it begins with \"/\"");
        if (rewrite.Path.AsSpan().IndexOfAny('?', '#') >= 0 || rewrite.Path.Contains("{query}", StringComparison.Ordinal))
            found.Add("rewrite.path", "the query is forwarded as it is; a path has none");
        CheckTemplate(rewrite.Path, settings, "rewrite.path", found);
    }

    private static void CheckPrefix(string? prefix, string key, Findings found)
    {
        if (prefix is null) return;
        if (prefix.Length < 2 || prefix[0] != '/' || prefix[^1] == '/')
            found.Add(key, $"\"{prefix}\" must begin with \"/\" and end without");
        if (prefix.AsSpan().IndexOfAny("?#{}*") >= 0) found.Add(key, $"\"{prefix}\" must be plain text");
    }

    private static void CheckRedirect(RouteSettings settings, string to, Findings found)
    {
        if (!RedirectStatuses.Contains(settings.Redirect.Status))
            found.Add("redirect.status", $"{settings.Redirect.Status} is none of {string.Join(", ", RedirectStatuses)}");
        if (WrongWithLocation(to) is { Length: > 0 } error) found.Add("redirect.to", error);
        CheckTemplate(to, settings, "redirect.to", found);
    }

    /// <summary>A client must never choose the host it is sent to, beyond the one it asked for.</summary>
    private static string WrongWithLocation(string to)
    {
        if (to.Any(char.IsControl) || to.Contains(' ') || to.Contains('\\')) return "it holds a space, a backslash or a control character";
        if (to.StartsWith("//", StringComparison.Ordinal)) return "it begins with \"//\": say the scheme, too";
        if (to.StartsWith('/') || to.StartsWith("{path}", StringComparison.Ordinal)) return "";
        var scheme = to.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || to[..scheme] is not ("http" or "https")) return "it begins with \"/\", \"{path}\", \"http://\" or \"https://\"";
        var authority = Authority().Match(to[(scheme + 3)..]).Value;
        var withoutHost = authority.Replace("{host}", "h", StringComparison.Ordinal).Replace("{authority}", "h", StringComparison.Ordinal);
        if (withoutHost.AsSpan().IndexOfAny('{', '}', '$') >= 0)
            return "captures may stand only behind the first \"/\" of the location: else a client chose the host";
        return RequestRewrite.TrySplitAuthority(withoutHost, out _, out _, out var error) ? "" : $"\"{authority}\" is not a host: {error}";
    }

    private static void CheckTemplate(string template, RouteSettings settings, string key, Findings found)
    {
        foreach (var pattern in settings.Path.Select(p => PathPattern.TryParse(p, out _)).DefaultIfEmpty(PathPattern.Any))
        {
            if (pattern is null || TargetTemplate.TryParse(template, pattern, out var error) is not null) continue;
            found.Add(key, $"\"{template}\": {error}");
        }
    }

    private static void CheckRespond(RespondSettings respond, int status, Findings found)
    {
        if (status is < 200 or > 599) found.Add("respond.status", $"{status} is not a final status (200 to 599)");
        var length = Encoding.UTF8.GetByteCount(respond.Body);
        if (length > 0 && status is 204 or 205 or 304) found.Add("respond.body", $"a {status} has no content");
        if (length > FixedResponder.LargestBody)
            found.Add("respond.body", $"{length} bytes; at most {FixedResponder.LargestBody} are allowed");
        if (!FieldValue().IsMatch(respond.ContentType)) found.Add("respond.content-type", "it is not a field value");
        foreach (var (name, value) in respond.Fields)
        {
            var key = $"respond.fields.{Quote(name)}";
            if (!Token().IsMatch(name)) found.Add(key, $"\"{name}\" is not a field name");
            if (OwnFields.Contains(name)) found.Add(key, $"{name} is written by the proxy itself");
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) found.Add(key, "it is said by respond.content-type");
            if (!FieldValue().IsMatch(value))
                found.Add(key, "it is not a field value: it holds a control character, or a space at an end");
        }
    }

    private static void CheckTimeouts(RouteTimeoutSettings timeouts, Findings found)
    {
        Check(timeouts.ResponseHead, "response-head");
        Check(timeouts.ResponseIdle, "response-idle");
        Check(timeouts.Total, "total");
        Check(timeouts.TunnelIdle, "tunnel-idle");

        void Check(TimeSpan? limit, string key)
        {
            if (limit is { } time && time <= TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
                found.Add($"timeouts.{key}", "it is more than zero, or off");
        }
    }

    private static void CheckNames(
        IReadOnlyCollection<string> names, IReadOnlyCollection<string> known, string kind, string key, Findings found)
    {
        var list = known.Count == 0 ? "none" : string.Join(", ", known);
        foreach (var name in names)
            if (!known.Contains(name)) found.Add(key, $"there is no {kind} \"{name}\"; there is {list}");
    }

    private static string Quote(string key) =>
        PlainKey().IsMatch(key)
            ? key
            : $"\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"^[A-Za-z0-9_-]+\z")]
    private static partial Regex PlainKey();

    /// <summary>RFC 9110 5.6.2.</summary>
    [GeneratedRegex(@"^[!#$%&'*+.^_`|~0-9A-Za-z-]+\z")]
    private static partial Regex Token();

    /// <summary>RFC 9110 5.5: no control characters, and no white space at the ends.</summary>
    [GeneratedRegex(@"^(?![ \t])[^\x00-\x08\x0A-\x1F\x7F]*(?<![ \t])\z")]
    private static partial Regex FieldValue();

    [GeneratedRegex(@"^((?!\{path\}|\{query\})[^/?#])*")]
    private static partial Regex Authority();
}
