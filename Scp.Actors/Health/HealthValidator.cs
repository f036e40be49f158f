using Scp.Actors.BackendPools;
using Scp.Actors.Routing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.Health;

/// <summary>Checks what a pool says of health: scp.pools.*.failures, health-check, outlier and circuit. Pure.</summary>
public static class HealthValidator
{
    /// <summary>What may stand unescaped in a path and a query (RFC 3986 3.3 and 3.4), and the escape.</summary>
    private const string UriPunctuation = "-._~!$&'()*+,;=:@/?%";

    /// <summary>Every mistake: the key below the pool, and what is wrong with it.</summary>
    public static IEnumerable<(string Key, string Message)> Check(PoolSettings pool) =>
    [
        .. Failures(pool.Failures),
        .. HealthCheck(pool.HealthCheck).Select(e => ($"health-check.{e.Key}", e.Message)),
        .. Outlier(pool.Outlier).Select(e => ($"outlier.{e.Key}", e.Message)),
        .. Circuit(pool.Circuit.Backend).Select(e => ($"circuit.backend.{e.Key}", e.Message)),
        .. Circuit(pool.Circuit.Pool).Select(e => ($"circuit.pool.{e.Key}", e.Message)),
    ];

    private static IEnumerable<(string Key, string Message)> Failures(IReadOnlyList<AttemptOutcome> failures)
    {
        foreach (var none in failures.Where(f => f is AttemptOutcome.Success or AttemptOutcome.Cancelled))
            yield return ("failures", $"{none.ToString().ToLowerInvariant()} cannot count as a failure");
    }

    private static IEnumerable<(string Key, string Message)> HealthCheck(HealthCheckSettings check)
    {
        var path = check.Path;
        if (!path.StartsWith('/') || !path.All(c => char.IsAsciiLetterOrDigit(c) || UriPunctuation.Contains(c)))
            yield return ("path", $"must begin with / and hold only letters, digits and {UriPunctuation}");
        if (check.Host.Length > 0 && !RequestRewrite.TrySplitAuthority(check.Host, out _, out _, out var wrong))
            yield return ("host", $"\"{check.Host}\" is not a host: {wrong}");
        foreach (var text in check.ExpectedStatus.Where(t => !StatusRanges.TryParse(t, out _)))
            yield return ("expected-status", $"'{text}' is not a status or a range of them: write \"204\" or \"200-399\"");
        if (check.Body is { } body && SafeRegex.TryCreate(body, out var error) is null) yield return ("body", error);
        if (check.Body is not null && check is not { Type: HealthCheckType.Http, Method: not "HEAD" })
            yield return ("body", "needs type = http and a method other than HEAD");
        if (check.FastInterval > check.Interval) yield return ("fast-interval", "must not be longer than interval");
    }

    private static IEnumerable<(string Key, string Message)> Outlier(OutlierSettings outlier)
    {
        if (outlier.MaxEjectionTime < outlier.EjectionTime) yield return ("max-ejection-time", "must not be shorter than ejection-time");
    }

    private static IEnumerable<(string Key, string Message)> Circuit(CircuitSettings circuit)
    {
        if (circuit.FailureRate <= 0) yield return ("failure-rate", "must be above 0%, or the circuit opens without a failure");
        if (circuit.MaxOpenTime < circuit.OpenTime) yield return ("max-open-time", "must not be shorter than open-time");
    }
}
