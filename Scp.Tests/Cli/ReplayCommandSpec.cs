using System.CommandLine;
using System.Text.Json;
using Scp.Host.Cli;
using Scp.Tests.EndToEnd.Lifecycle;
using Scp.Tests.Host.Replay;

namespace Scp.Tests.Cli;

public sealed class ReplayCommandSpec : IDisposable
{
    private const string Met = "\nscenario { expect.failures = [{ at-most = 0 }], operations = [{ at = 1s, backend = a, state = draining }] }";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_scenario_whose_expectations_are_met_ends_with_0()
    {
        var (code, output, errors) = await ReplayAsync(Met);

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("test\n10.000 s of virtual time, seed 1\n\nbackend  attempts", output);
        Assert.Contains("ok      failed requests, at most 0: 0 of 199\n", output);
    }

    [Fact]
    public async Task A_broken_expectation_ends_with_5_and_shows_its_decision()
    {
        var (code, output, _) = await ReplayAsync("\nscenario.expect.decisions = [a, a]");

        Assert.Equal(5, code);
        Assert.Contains("BROKEN  the first decisions are a a: a b\n", output);
        Assert.Contains("The first broken expectation, at 0.101 s:\n  pool main", output);
    }

    [Fact]
    public async Task A_scenario_with_mistakes_ends_with_2_and_shows_them()
    {
        var (code, output, errors) = await ReplayAsync("\nscenario.expct.failures = []");

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("unknown key 'expct'; did you mean 'expect'?", errors);
    }

    [Fact]
    public async Task The_timeline_shows_what_happened_and_when() =>
        Assert.Contains("     1.000 s  operator  a: draining\n     1.000 s  standing  a: draining\n", (await ReplayAsync(Met, "--timeline")).Output);

    [Fact]
    public async Task Json_has_everything_for_programs()
    {
        var (_, output, _) = await ReplayAsync(Met, "--json", "--seed", "7");

        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(7, result.GetProperty("seed").GetInt64());
        Assert.True(result.GetProperty("passed").GetBoolean());
        Assert.Equal(199, result.GetProperty("totals").GetProperty("requests").GetInt32());
        Assert.Equal(["a", "b", "c"], result.GetProperty("backends").EnumerateArray().Select(b => b.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_definition_changes_the_scenario() =>
        Assert.StartsWith("test\n5.000 s of virtual time", (await ReplayAsync(Met, "-D", "scenario.duration=5s")).Output);

    private async Task<(int Code, string Output, string Errors)> ReplayAsync(string more, params string[] arguments)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var file = _folder.Write("scenario.conf", Replays.Base + more);
        var code = await Commands.InvokeAsync(
            ["replay", file, .. arguments], new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
