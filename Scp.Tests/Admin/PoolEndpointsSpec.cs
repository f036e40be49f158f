using System.Net;
using System.Text.Json;
using Scp.Actors.BackendPools;
using Scp.Host.Admin;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Telemetry;
using Scp.Tests.Support;

namespace Scp.Tests.Admin;

public sealed class PoolEndpointsSpec : IAsyncLifetime
{
    private readonly List<AdministerBackend> _commands = [];
    private readonly HttpClient _client = new();
    private readonly PoolSnapshot[] _pools =
    [
        Standings.Pool("shop", Standings.Of("10.0.0.1:80"), Standings.Of("unix:/run/app.sock"), Standings.Of("[::1]:80")),
        Standings.Pool("a b/c", Standings.Of("one")),
    ];

    private string _refusal = "";
    private AdminServer _server = null!;

    public async Task InitializeAsync()
    {
        var operations = new AdminOperations
        {
            Readiness = () => new ReadinessReport([]),
            Metrics = () => ProcessMetrics.Families("1.2.3"),
            Configuration = () => "",
            Explain = () => throw new InvalidOperationException("not in this test"),
            Reload = _ => Task.FromResult(new ReloadReport([], [])),
            Drain = () => { },
            Pools = () => PoolsReport.Of(_pools, 0),
            Administer = (command, _) =>
            {
                _commands.Add(command);
                var standing = _refusal.Length == 0 ? Standings.Of(command.Backend) : null;
                return Task.FromResult(new BackendAdministered(standing, _refusal));
            },
        };
        _server = await AdminServer.StartAsync(new AdminSettings { Enabled = true, Bind = new IPEndPoint(IPAddress.Loopback, 0), ReadyWhen = ReadinessRule.AllPools }, operations, _ => { });
        _client.BaseAddress = _server.Address;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Pools_are_a_table_for_people()
    {
        var text = await _client.GetStringAsync("/pools");

        Assert.Contains("shop: round-robin, 3 of 3 available\n", text);
        Assert.Contains("a b/c: round-robin, 1 of 1 available\n", text);
    }

    [Theory]
    [InlineData("/pools?format=json", "*/*")]
    [InlineData("/pools", "application/json")]
    public async Task Pools_are_JSON_for_programs(string target, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target) { Headers = { { "Accept", accept } } };
        using var response = await _client.SendAsync(request);

        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var first = body.RootElement.GetProperty("pools")[0];
        Assert.Equal("shop", first.GetProperty("pool").GetString());
        Assert.Equal("ready", first.GetProperty("backends")[0].GetProperty("administrative").GetString());
        Assert.Equal("none", first.GetProperty("backends")[0].GetProperty("exclusion").GetString());
    }

    [Fact]
    public async Task One_pool_and_one_backend_can_be_asked_for()
    {
        Assert.DoesNotContain("shop", await _client.GetStringAsync("/pools/a%20b%2Fc"));
        var one = await _client.GetStringAsync("/pools/shop/backends/unix:%2Frun%2Fapp.sock");
        Assert.Contains("unix:/run/app.sock", one);
        Assert.DoesNotContain("10.0.0.1", one);
    }

    [Theory]
    [InlineData("/pools/shop/backends/10.0.0.1:80?state=draining", "shop", "10.0.0.1:80", AdministrativeState.Draining, null)]
    [InlineData("/pools/shop/backends/unix:%2Frun%2Fapp.sock?weight=0", "shop", "unix:/run/app.sock", null, 0)]
    [InlineData("/pools/shop/backends/%5B::1%5D:80?state=maintenance&weight=1000", "shop", "[::1]:80", AdministrativeState.Maintenance, 1000)]
    [InlineData("/pools/a%20b%2Fc/backends/one?weight=reset&state=ready", "a b/c", "one", AdministrativeState.Ready, -1)]
    public async Task A_backend_is_changed(string target, string pool, string backend, AdministrativeState? state, int? weight)
    {
        using var response = await _client.PostAsync(target, null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new AdministerBackend(pool, backend, state, weight), Assert.Single(_commands));
        Assert.Contains(backend, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/pools/shp/backends/x?weight=1", 404, "There is no pool named 'shp'; did you mean 'shop'?\n")]
    [InlineData("/pools/zzzzzz/backends/x?weight=1", 404, "There is no pool named 'zzzzzz'.\n")]
    [InlineData("/pools/shop/backends/10.0.0.2:80?weight=1", 404, "There is no backend of pool shop named '10.0.0.2:80'; did you mean '10.0.0.1:80'?\n")]
    [InlineData("/pools/shop?weight=1", 400, "Name a backend: ")]
    [InlineData("/pools/shop/backends/10.0.0.1:80", 400, "Say state=ready|draining|maintenance, weight=0..1000|reset")]
    [InlineData("/pools/shop/backends/10.0.0.1:80?state=drain", 400, "state must be ready, draining or maintenance, not 'drain'.\n")]
    [InlineData("/pools/shop/backends/10.0.0.1:80?weight=1001", 400, "weight must be 0 to 1000, or reset, not '1001'.\n")]
    [InlineData("/pools/shop/backends/10.0.0.1:80?weight=-1", 400, "weight must be 0 to 1000")]
    [InlineData("/pools/shop/backends/10.0.0.1:80?weight=1&weight=2", 400, "weight is given 2 times.\n")]
    [InlineData("/pools/shop/backends/10.0.0.1:80?wieght=1", 400, "There is no parameter 'wieght'; did you mean 'weight'?\n")]
    [InlineData("/pools/shop/elsewhere", 404, "Nothing is here")]
    public async Task What_is_wrong_is_named_and_nothing_is_done(string target, int status, string sentence)
    {
        using var response = await _client.PostAsync(target, null);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith(sentence, await response.Content.ReadAsStringAsync());
        Assert.Empty(_commands);
    }

    [Fact]
    public async Task A_backend_that_left_meanwhile_is_a_conflict()
    {
        _refusal = "pool shop has no backend 10.0.0.1:80";

        using var response = await _client.PostAsync("/pools/shop/backends/10.0.0.1:80?weight=1", null);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(_refusal + "\n", await response.Content.ReadAsStringAsync());
    }
}
