using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Dispatch;
using Scp.Tests.Actors.BackendPools;

namespace Scp.Tests.Actors.Health;

public class HealthValidatorSpec
{
    private static readonly PoolSettings Good = PoolStates.Settings(1);

    [Fact]
    public void The_defaults_are_good() => Assert.Empty(HealthValidator.Check(Good));

    [Theory]
    [InlineData("healthz")]
    [InlineData("/a b")]
    [InlineData("/ä")]
    [InlineData("/a#b")]
    [InlineData("/a\r\nX: y")]
    public void A_path_is_a_path(string path) => Assert.Equal(["health-check.path"], Keys(Good.HealthCheck with { Path = path }));

    [Theory]
    [InlineData("a b")]
    [InlineData("a\r\nX: y")]
    [InlineData("http://shop.example")]
    public void A_host_is_a_host(string host) => Assert.Equal(["health-check.host"], Keys(Good.HealthCheck with { Host = host }));

    [Theory]
    [InlineData("2xx")]
    [InlineData("99")]
    [InlineData("600")]
    [InlineData("300-200")]
    [InlineData("200-")]
    [InlineData("-200")]
    public void A_status_is_a_number_or_a_range(string status) =>
        Assert.Equal(["health-check.expected-status"], Keys(Good.HealthCheck with { ExpectedStatus = ["204", status] }));

    [Fact]
    public void A_regular_expression_that_takes_unbounded_time_is_refused() =>
        Assert.Equal(["health-check.body"], Keys(Good.HealthCheck with { Type = HealthCheckType.Http, Body = "(a)\\1" }));

    [Theory]
    [InlineData(HealthCheckType.Off, "GET")]
    [InlineData(HealthCheckType.Tcp, "GET")]
    [InlineData(HealthCheckType.Http, "HEAD")]
    public void Content_is_expected_only_where_there_is_some(HealthCheckType type, string method) =>
        Assert.Equal(["health-check.body"], Keys(Good.HealthCheck with { Type = type, Method = method, Body = "ok" }));

    [Fact]
    public void The_fast_interval_is_not_the_longer_one() =>
        Assert.Equal(["health-check.fast-interval"], Keys(Good.HealthCheck with { FastInterval = TimeSpan.FromSeconds(6) }));

    [Fact]
    public void Success_is_no_failure() => Assert.Equal(
        ["failures", "failures"], HealthValidator.Check(Good with { Failures = [AttemptOutcome.Success, AttemptOutcome.Reset, AttemptOutcome.Cancelled] })
            .Select(e => e.Key));

    [Fact]
    public void The_longest_penalty_is_not_shorter_than_the_first() => Assert.Equal(
        ["outlier.max-ejection-time", "circuit.backend.max-open-time", "circuit.pool.failure-rate"],
        HealthValidator.Check(Good with
        {
            Outlier = Good.Outlier with { MaxEjectionTime = TimeSpan.FromSeconds(1) },
            Circuit = new PoolCircuitSettings
            {
                Backend = Good.Circuit.Backend with { MaxOpenTime = TimeSpan.FromSeconds(1) },
                Pool = Good.Circuit.Pool with { FailureRate = 0 },
            },
        }).Select(e => e.Key));

    private static IEnumerable<string> Keys(HealthCheckSettings check) => HealthValidator.Check(Good with { HealthCheck = check }).Select(e => e.Key);
}
