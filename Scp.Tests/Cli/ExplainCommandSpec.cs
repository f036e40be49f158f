using System.CommandLine;
using System.Text.Json;
using Scp.Host.Cli;
using Scp.Tests.EndToEnd.Lifecycle;

namespace Scp.Tests.Cli;

public sealed class ExplainCommandSpec : IDisposable
{
    private const string Configuration = """
        scp {
          listeners.main { bind = "127.0.0.1:8080" }
          listeners.other { bind = "127.0.0.1:8081" }
          pools.shop.backends = [
            { name = a, address = "10.0.0.1:80" }, { name = b, address = "10.0.0.2:80" }, { name = spare, address = "10.0.0.9:80", priority = 1 }
          ]
          routes {
            cart { host = shop.example, path = "/cart/*", pool = shop, rewrite { strip-prefix = "/cart" }, fields.upstream.request = [{ set = X-Team, value = checkout }] }
            old { host = shop.example, path = "/old", redirect.to = "https://{host}/new" }
            posts { host = shop.example, path = "/form", method = POST, pool = shop }
            beta { host = shop.example, path = "/cart/*", header { X-Beta = "*" }, pool = shop, subset.labels { ring = beta } }
            elsewhere { listeners = other, pool = shop }
          }
        }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_shows_the_route_the_others_the_changes_the_backends_and_the_pick()
    {
        var (code, output, errors) = await ExplainAsync("GET https://shop.example/cart/a/../7?x=1", "--header", "Authorization: Basic secret");

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("GET /cart/7?x=1 for shop.example on listener main\n  forwarded to ", output);
        Assert.Contains("\nroute: cart\n", output);
        Assert.Contains("beta   shop.example  /cart/*  no header \"X-Beta\" = \"*\"\n", output);
        Assert.Contains("posts  shop.example  /form    path differs\n", output);
        Assert.DoesNotContain("elsewhere", output);
        Assert.Matches("gateway and rewrite +target +/cart/7\\?x=1 -> /7\\?x=1\n", output);
        Assert.Matches("fields.upstream +X-Team +\\+ checkout\n", output);
        Assert.Contains("tier 0: 2 of 2 available, 100 % of the traffic, drawn\n", output);
        Assert.Matches("spare +10.0.0.9:80 +tier 1, weight 1 +up, ready, circuit closed +0 active +another tier was drawn\n", output);
        Assert.Contains("\nsent to the backend: GET /7?x=1\n", output);
        Assert.DoesNotContain("secret", output);
    }

    [Fact]
    public async Task It_says_what_follows_when_the_backend_fails()
    {
        var (_, get, _) = await ExplainAsync("GET http://shop.example/cart");
        var (_, post, _) = await ExplainAsync("POST http://shop.example/form");

        Assert.Contains("\nif it fails there: 3 attempts in all, idempotent\n", get);
        Assert.Matches("upstream-reset +another backend, under the budget\n", get);
        Assert.Contains(", not idempotent\n", post);
        Assert.Matches("connect-refused +another backend\n", post);
        Assert.Matches("upstream-reset +not idempotent\n", post);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_and_json_says_what_the_text_says()
    {
        var (_, first, _) = await ExplainAsync("GET http://shop.example/cart", "--seed", "7", "--json");
        var (_, second, _) = await ExplainAsync("GET http://shop.example/cart", "--seed", "7", "--json");
        var json = JsonDocument.Parse(first).RootElement;

        Assert.Equal(first, second);
        Assert.Equal("forwarded", json.GetProperty("outcome").GetString());
        Assert.Equal("cart", json.GetProperty("route").GetString());
        Assert.Equal(json.GetProperty("pick").GetProperty("picked").GetString(), json.GetProperty("forward").GetProperty("backend").GetString());
        Assert.Equal("other-tier", json.GetProperty("pick").GetProperty("backends")[2].GetProperty("verdict").GetString());
    }

    [Theory]
    [InlineData("GET http://shop.example/old", "answered here with 308 to https://shop.example/new")]
    [InlineData("GET http://shop.example/form", "refused with 405: no route for this host and path allows the method")]
    [InlineData("GET http://nowhere.example/", "refused with 404: no route matches this host and path")]
    [InlineData("CONNECT http://shop.example:443", "refused with 403: CONNECT is not allowed here")]
    [InlineData("GET http://shop.example/%zz", "refused with 400: the request target is malformed")]
    [InlineData("GET http://shop@example/", "refused with 400: the Host field is invalid, repeated or contradicts the target")]
    public async Task What_is_not_forwarded_is_explained_too(string request, string summary)
    {
        var (code, output, _) = await ExplainAsync(request);

        Assert.Equal((0, $"  {summary}"), (code, output.Split('\n')[1]));
    }

    [Fact]
    public async Task A_subset_that_nobody_is_in_shows_why_no_backend_is_left()
    {
        var (_, output, _) = await ExplainAsync("GET http://shop.example/cart", "-H", "X-Beta: 1");

        Assert.Contains("  refused with 503: no backend is available\n", output);
        Assert.Contains("  subset ring=beta: 0 of 3\n", output);
        Assert.Matches("a +10.0.0.1:80 .* lacks a label that the route asks for\n", output);
    }

    [Fact]
    public async Task A_state_file_tells_how_the_backends_are()
    {
        var state = _folder.Write("state.json", """
            { "pools": [ { "pool": "shop", "policy": "x", "available": 1, "backends": [
              { "name": "a", "address": "10.0.0.1:80", "weight": 1, "priority": 0, "labels": {}, "health": "down", "administrative": "ready", "circuit": "closed", "active": 0 },
              { "name": "b", "address": "10.0.0.2:80", "weight": 1, "priority": 0, "labels": {}, "health": "up", "administrative": "maintenance", "circuit": "closed", "active": 0 },
              { "name": "spare", "address": "10.0.0.9:80", "weight": 3, "priority": 1, "labels": {}, "health": "up", "administrative": "ready", "circuit": "half-open", "active": 4, "limit": 9 },
              { "name": "gone", "address": "10.0.0.8:80", "weight": 1, "priority": 1, "labels": {}, "health": "up", "administrative": "ready", "circuit": "closed", "active": 0 } ] } ] }
            """);
        var (code, output, errors) = await ExplainAsync("GET http://shop.example/cart", "--state", state);

        Assert.Equal((0, "The configuration has no backend gone in shop.\n"), (code, errors));
        Assert.Contains("  forwarded to spare at 10.0.0.9:80 of the pool shop\n", output);
        Assert.Matches("a .* down: active probes fail\n", output);
        Assert.Matches("b .* in maintenance\n", output);
        Assert.Matches("spare .* tier 1, weight 3 +up, ready, circuit half open +4/9 active +taken\n", output);
    }

    [Theory]
    [InlineData("{", "not what GET /pools?format=json gives")]
    [InlineData("null", "null is no report")]
    [InlineData("""{ "pools": [ { "pool": "shop", "policy": "", "available": 0, "backends": [ { "name": "a", "health": "fine" } ] } ] }""", "state.json:1:")]
    public async Task A_state_file_that_is_none_is_refused(string content, string message)
    {
        var (code, output, errors) = await ExplainAsync("GET http://shop.example/cart", "--state", _folder.Write("state.json", content));

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, errors);
    }

    [Theory]
    [InlineData("https://shop.example/", "'https://shop.example/' is not a request: write a method and a URL, such as 'GET https://shop.example/cart'")]
    [InlineData("GET /cart", "'/cart' has no host: write a whole URL, or add the header 'Host: ...'")]
    [InlineData("GET ftp://x/", "'ftp://x/' is neither http nor https")]
    [InlineData("GET shop.example/", "'shop.example/' is no URL: it begins with neither http://, https:// nor /")]
    [InlineData("GET http://shop.example/caf\u00e9", "the URL has the character '\u00e9' at 24: percent-encode it")]
    [InlineData("GET http://a/", "'Cookie' is not a header: write 'Name: value'", "-H", "Cookie")]
    [InlineData("GET http://a/", "'http://a/' names its host already: leave the header Host out", "-H", "Host: b")]
    [InlineData("GET http://a/", "there is no listener 'x'; there is main, other", "--listener", "x")]
    [InlineData("GET http://a/", "'here' is not an IP address", "--client", "here")]
    public async Task A_request_that_is_none_is_refused_with_what_is_wrong(string request, string message, params string[] more) =>
        Assert.Equal((2, "", message + "\n"), await ExplainAsync(request, more));

    [Fact]
    public async Task A_path_and_a_host_header_are_a_request_too() =>
        Assert.Contains("\nroute: cart\n", (await ExplainAsync("GET /cart", "-H", "Host: shop.example")).Output);

    [Fact]
    public async Task Another_listener_has_its_own_routes() =>
        Assert.Contains("\nroute: elsewhere\n", (await ExplainAsync("GET http://any.example/", "--listener", "other")).Output);

    private async Task<(int Code, string Output, string Errors)> ExplainAsync(string request, params string[] more)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        string[] arguments = ["explain", "--config", _folder.Write("scp.conf", Configuration), "--request", request, .. more];
        var code = await Commands.InvokeAsync(arguments, new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
