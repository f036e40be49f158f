using System.Text.RegularExpressions;
using CsCheck;
using Scp.Actors.Routing;
using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.Routing;

/// <summary>The indexed table against a matcher that knows only the documented rules, and tries every route in turn.</summary>
public class RouteTablePropertySpec
{
    private sealed record Ask(string Method, string Host, string Path, string? Header, string? Query);

    private sealed record Way(string Name, RouteSettings Route, string Host, string Path, int Order);

    private static readonly Gen<string> Words = Any("a", "b", "c", "");
    private static readonly Gen<string> PatternWords = Any("a", "b", "a", "b", "{x}", "");
    private static readonly Gen<string> Hosts = Any("a.x", "b.x", "a.a.x", "b.a.x", "x", "a.y", "");
    private static readonly Gen<string> HostPatterns = Any("a.x", "b.x", "a.a.x", "*.x", "*.a.x", "*.y", "x");
    private static readonly Gen<string> Paths = Words.Array[1, 4].Select(words => "/" + string.Join('/', words));

    private static readonly Gen<string> PathPatterns = Gen.Frequency(
        (6, Gen.Select(PatternWords.Array[1, 4], Gen.Bool, (words, isPrefix) => "/" + Named(words) + (isPrefix ? "/*" : ""))),
        (1, Any("/*", "~^/a", "~b$", "~a.*b", "~//")));

    private static readonly Gen<RouteSettings> RouteSettings = Gen.Select(
        HostPatterns.Array[0, 2], PathPatterns.Array[0, 2], Any("", "", "GET", "PUT", "GET PUT"),
        Any("", "", "X-A=1", "X-A=*", "X-A=~2"), Any("", "", "q=1", "q=*"),
        (hosts, paths, method, header, query) => Routes.To(string.Join(' ', hosts), string.Join(' ', paths), method, header, query));

    private static readonly Gen<Ask> Asks = Gen.Select(
        Any("GET", "PUT", "POST"), Hosts, Paths, Any<string?>(null, "1", "2", "12"), Any<string?>(null, "1", "3"),
        (method, host, path, header, query) => new Ask(method, host, path, header, query));

    [Fact]
    public void The_table_decides_as_a_linear_search_would() =>
        Gen.Select(RouteSettings.Array[0, 14], Asks.Array[20]).Sample((settings, asks) =>
        {
            var routes = Routes.Named([.. settings.Select((s, i) => ($"r{i}", s))]);
            var table = Routes.Table(routes);
            foreach (var ask in asks)
            {
                var route = table.Match(RequestOf(ask), out var error);
                var expected = Reference(routes, ask, out var expectedError);
                Assert.True(expected == route?.Name && expectedError == error, $"{ask}: {route?.Name} {error}, not {expected} {expectedError}");
            }
        }, iter: 1500);

    [Fact]
    public void An_explanation_is_the_live_decision() =>
        Gen.Select(RouteSettings.Array[0, 14], Asks.Array[20]).Sample((settings, asks) =>
        {
            var table = Routes.Table([.. settings.Select((s, i) => ($"r{i}", s))]);
            foreach (var ask in asks)
            {
                var request = RequestOf(ask);
                var route = table.Match(request, out var error);
                var trace = table.Explain(request);
                Assert.Same(route, trace.Chosen);
                Assert.Equal(error, trace.Error);
                Assert.Equal(route?.Name, trace.Candidates.SingleOrDefault(c => c.Verdict == RouteVerdict.Matched)?.Route);
                Assert.Equal(error == ProxyError.MethodNotAllowed, table.AllowedMethods(request).Length > 0 && route is null);
                var ways = settings.Sum(s => Math.Max(1, s.Host.Count) * Math.Max(1, s.Path.Count));
                Assert.Equal(ways, trace.Candidates.Count);
            }
        }, iter: 500);

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Named(string[] words) => string.Join('/', words.Select((w, i) => w == "{x}" ? $"{{x{i}}}" : w));

    private static RequestHead RequestOf(Ask ask) => Requests.Of(
        ask.Method, ask.Host, ask.Path + (ask.Query is null ? "" : "?q=" + ask.Query), ask.Header is null ? [] : [("X-A", ask.Header)]);

    private static string? Reference(IReadOnlyDictionary<string, RouteSettings> routes, Ask ask, out ProxyError error)
    {
        var ways = routes.SelectMany((r, order) =>
            from host in r.Value.Host.DefaultIfEmpty("")
            from path in r.Value.Path.DefaultIfEmpty("")
            select new Way(r.Key, r.Value, host, path, order)).ToList();
        var matching = ways.Where(w => HostMatches(w.Host, ask.Host) && PathMatches(w.Path, ask.Path) && OthersMatch(w.Route, ask)).ToList();
        var chosen = matching.Where(w => w.Route.Method.Count == 0 || w.Route.Method.Contains(ask.Method))
            .OrderBy(w => w.Host.Length == 0 ? 2 : w.Host[0] == '*' ? 1 : 0)
            .ThenByDescending(w => w.Host.Length)
            .ThenBy(w => PathRank(w.Path))
            .ThenBy(w => SegmentRank(w.Path), StringComparer.Ordinal)
            .ThenBy(w => w.Path.StartsWith('~') ? ways.FindIndex(o => o.Host == w.Host && o.Path == w.Path) : 0)
            .ThenByDescending(w => (w.Route.Method.Count > 0 ? 1 : 0) + w.Route.Header.Count + w.Route.Query.Count)
            .ThenBy(w => w.Order)
            .FirstOrDefault();
        error = chosen is not null ? ProxyError.None : matching.Count > 0 ? ProxyError.MethodNotAllowed : ProxyError.NoRoute;
        return chosen?.Name;
    }

    private static bool HostMatches(string pattern, string host) =>
        pattern.Length == 0 || pattern == host || (pattern[0] == '*' && host.Length > pattern.Length - 1 && host.EndsWith(pattern[1..], StringComparison.Ordinal));

    private static bool PathMatches(string pattern, string path)
    {
        if (pattern.Length == 0) return true;
        if (pattern[0] == '~') return Regex.IsMatch(path, pattern[1..]);
        var isPrefix = pattern.EndsWith("/*", StringComparison.Ordinal);
        var expected = (isPrefix ? pattern[..^2] : pattern).Split('/');
        var actual = path.Split('/');
        return (isPrefix ? actual.Length >= expected.Length : actual.Length == expected.Length)
            && expected.Zip(actual).All(s => s.First.StartsWith('{') ? s.Second.Length > 0 : s.First == s.Second);
    }

    private static bool OthersMatch(RouteSettings route, Ask ask) =>
        route.Header.Values.All(v => ValueMatches(v, ask.Header)) && route.Query.Values.All(v => ValueMatches(v, ask.Query));

    private static bool ValueMatches(string pattern, string? value) =>
        value is not null && (pattern == "*" || (pattern[0] == '~' ? value.Contains(pattern[1..], StringComparison.Ordinal) : pattern == value));

    private static int PathRank(string path) => path switch
    {
        "" => 4,
        ['~', ..] => 3,
        _ when path.EndsWith("/*", StringComparison.Ordinal) => 2,
        _ when path.Contains('{', StringComparison.Ordinal) => 1,
        _ => 0,
    };

    /// <summary>One digit for each segment: literal 0, capture 1, end 2.</summary>
    private static string SegmentRank(string path) => PathRank(path) is 1 or 2
        ? string.Concat(path.Split('/')[1..].Select(s => s == "*" ? "" : s.StartsWith('{') ? "1" : "0")) + "2"
        : "";
}
