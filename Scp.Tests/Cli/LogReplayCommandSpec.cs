using System.CommandLine;
using System.Text.Json;
using Scp.Host.Cli;
using Scp.Tests.EndToEnd.Lifecycle;

namespace Scp.Tests.Cli;

public sealed class LogReplayCommandSpec : IDisposable
{
    private const string Old = """
        scp {
          listeners.public.bind = "127.0.0.1:8080"
          pools.shop.load-balancing = round-robin
          pools.shop.backends = [{ name = a, address = "10.0.0.1:80" }, { name = b, address = "10.0.0.2:80" }]
          routes {
            cart { path = "/cart/*", pool = shop }
            old { path = "/old", redirect.to = "/new" }
            all { pool = shop }
          }
        }
        """;

    private const string New = """
        scp {
          listeners.public.bind = "127.0.0.1:8080"
          pools.shop.load-balancing = round-robin
          pools.shop.backends = [{ name = a, address = "10.0.0.1:80" }, { name = b, address = "10.0.0.2:80" }]
          pools.carts.backends = [{ name = c, address = "10.0.0.3:80" }]
          routes {
            cart { path = "/cart/*", pool = carts, rewrite.strip-prefix = "/cart" }
            beta { path = "/beta", header { X-Beta = 1 }, pool = carts }
            old { path = "/old", redirect { to = "/new", status = 301 } }
            api { path = "/api/*", method = GET, pool = shop }
          }
        }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_groups_and_counts_what_differs_from_what_the_log_says()
    {
        var (code, output, _) = await ReplayAsync(
            New, Line("/cart/1", "cart", "shop", "a"), Line("/cart/2", "cart", "shop", "b"), Line("/old", "old", null, null, 308),
            Line("/api/x", "all", "shop", "a"), Line("/api/x", "all", "shop", "a", method: "POST"), Line("/other", "all", "shop", "b"));

        Assert.Equal(0, code);
        Assert.StartsWith("6 lines, 6 requests compared: 0 the same, 6 different.\n", output);
        Assert.Contains("\nanother route:\n  all -> none: 2, as line 5: POST http://shop.example/api/x\n", output);
        Assert.Contains("  all -> api: 1, as line 4: GET http://shop.example/api/x\n", output);
        Assert.Contains("\nanother pool:\n  shop -> carts: 2, as line 1: GET http://shop.example/cart/1\n", output);
        Assert.Contains("  308 -> 301: 1, as line 3: ", output);
        Assert.Contains("  forwarded -> 405 method-not-allowed: 1, as line 5: ", output);
        Assert.Contains("  forwarded -> 404 no-route: 1, as line 6: ", output);
        Assert.Contains("\npool carts: 0 -> 2 requests\n  c       - -> 100.0%\n", output);
        Assert.Contains("\npool shop: 5 -> 1 requests\n  a   60.0% -> 100.0%\n  b   40.0% ->   0.0%\n", output);
        Assert.Contains("  Route beta: its condition on X-Beta is judged as if no request had the field", output);
        Assert.Contains("  Latency, errors and retries under the new load: no request is sent.\n", output);
    }

    [Fact]
    public async Task Against_another_configuration_what_is_sent_is_compared_too()
    {
        var old = _folder.Write("old.conf", Old);
        var (_, output, _) = await ReplayAsync(New, ["--old", old, "--json"], Line("/cart/1", "x", "y", "z"), Line("/old", "x", null, null, 308));
        var report = JsonDocument.Parse(output).RootElement;

        var kinds = report.GetProperty("differences").EnumerateArray().Select(d => $"{d.GetProperty("kind")} {d.GetProperty("before")} {d.GetProperty("after")}");
        Assert.Equal(["answer 308 301", "pool shop carts", "sent by route cart by route cart"], kinds.Order(StringComparer.Ordinal));
        Assert.Contains("shop.example/cart/1 -> shop.example/1", output);
    }

    [Fact]
    public async Task A_configuration_that_is_the_same_differs_in_nothing()
    {
        var lines = Enumerable.Range(0, 200).Select(i => Line($"/cart/{i}", "x", "y", "z")).ToArray();
        var (_, output, _) = await ReplayAsync(Old, ["--old", _folder.Write("old.conf", Old), "--json"], lines);
        var report = JsonDocument.Parse(output).RootElement;

        Assert.Equal((200, 200), (report.GetProperty("compared").GetInt32(), report.GetProperty("same").GetInt32()));
        foreach (var backend in report.GetProperty("pools")[0].GetProperty("backends").EnumerateArray())
            Assert.Equal(backend.GetProperty("before").GetInt32(), backend.GetProperty("after").GetInt32());
    }

    [Fact]
    public async Task Bad_lines_are_counted_and_the_first_is_named_and_what_cannot_be_decided_again_is_left_out()
    {
        var (code, output, _) = await ReplayAsync(
            Old, Line("/", "all", "shop", "a"), "{", "", "[]", """{"time":"x"}""", new string('x', 300_000),
            """{"listener":"public","status":400,"error":"malformed-request-line"}""",
            """{"listener":"public","method":"GET","host":"a","path":"/","status":502,"error":"loop-detected"}""",
            """{"listener":"gone","method":"GET","host":"a","path":"/","status":200,"pool":"p"}""",
            Line("/" + new string('a', 2048), "all", "shop", "a"),
            Line("/split\\r\\nHost: evil", "all", "shop", "a"));

        Assert.Equal(0, code);
        Assert.StartsWith("11 lines, 1 requests compared: 1 the same, 0 different.\n", output);
        Assert.Contains("5 bad lines, the first is line 2: it is no JSON: ", output);
        Assert.Contains("1 left out: the request was refused before its target was known.\n", output);
        Assert.Contains("1 left out: refused with loop-detected, which hangs on what is not logged.\n", output);
        Assert.Contains("1 left out: its listener is not in the new configuration.\n", output);
        Assert.Contains("1 left out: its target was cut in the log.\n", output);
    }

    [Fact]
    public async Task Logged_fields_count_for_conditions()
    {
        var line = """{"listener":"public","client":"192.0.2.1","method":"GET","host":"a","path":"/beta","version":"HTTP/1.1","status":200,"route":"beta","pool":"carts","backend":"c","user_agent":"x","fields":{"x-beta":"1"}}""";
        var (_, output, _) = await ReplayAsync(New, line);

        Assert.StartsWith("1 lines, 1 requests compared: 1 the same, 0 different.\n", output);
        Assert.DoesNotContain("X-Beta", output);
    }

    [Fact]
    public async Task The_limit_stops_it() =>
        Assert.StartsWith("2 lines, 2 ", (await ReplayAsync(Old, ["--limit", "2"], Line("/", "all", "shop", "a"), Line("/", "all", "shop", "a"), "{")).Output);

    [Theory]
    [InlineData()]
    [InlineData("x.conf", "--log", "x")]
    [InlineData("--log", "x", "--timeline")]
    [InlineData("x.conf", "--config", "y")]
    [InlineData("x.conf", "--limit", "3")]
    [InlineData("x.conf", "--old", "y")]
    public async Task What_goes_with_a_log_does_not_go_with_a_scenario(params string[] arguments) =>
        Assert.Equal(2, (await InvokeAsync(["replay", .. arguments])).Code);

    [Fact]
    public async Task A_log_that_is_not_there_is_an_error()
    {
        var (code, _, errors) = await InvokeAsync("replay", "--log", _folder.File("none"), "--config", _folder.Write("new.conf", New));

        Assert.Equal(2, code);
        Assert.StartsWith($"cannot read '{_folder.File("none")}': ", errors);
    }

    private static string Line(string path, string route, string? pool, string? backend, int status = 200, string method = "GET") =>
        $$"""{"time":"2026-03-04T06:06:07.076Z","client":"192.0.2.7","listener":"public","method":"{{method}}","host":"shop.example","path":"{{path}}","version":"HTTP/1.1","status":{{status}},"request_bytes":0,"response_bytes":20,"duration_ms":12.500,"route":"{{route}}"{{(pool is null ? "" : $",\"pool\":\"{pool}\",\"backend\":\"{backend}\"")}},"attempts":1}""";

    private Task<(int Code, string Output, string Errors)> ReplayAsync(string configuration, params string[] lines) => ReplayAsync(configuration, [], lines);

    private Task<(int Code, string Output, string Errors)> ReplayAsync(string configuration, string[] more, params string[] lines) => InvokeAsync(
        ["replay", "--log", _folder.Write("access.jsonl", string.Join('\n', lines)), "--config", _folder.Write("new.conf", configuration), .. more]);

    private static async Task<(int Code, string Output, string Errors)> InvokeAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await Commands.InvokeAsync(arguments, new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
