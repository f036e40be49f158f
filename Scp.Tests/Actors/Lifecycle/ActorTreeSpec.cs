using Akka.Actor;
using Akka.Configuration;
using Scp.Actors;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Actors.EventDispatch;
using Scp.Host;
using Scp.Host.Configuration;
using Scp.Host.Hocon;
using Scp.Streams.Dispatch;
using Scp.Tests.EndToEnd.Lifecycle;

namespace Scp.Tests.Actors.Lifecycle;

public sealed class ActorTreeSpec : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ActorSystem _system = ActorSystem.Create(
        "tree", ConfigurationFactory.ParseString("akka { log-dead-letters = off, loglevel = OFF, stdout-loglevel = OFF }\n" + InlineDispatcher.Hocon));

    private readonly ListenerDirectory _listeners = new();
    private IActorRef _proxy = ActorRefs.Nobody;

    public Task InitializeAsync()
    {
        var environment = new ProxyEnvironment(
            TimeProvider.System, Random.Shared, SocketConnector.Instance, new ListenerTelemetry(null, null), () => new ReadResult(null, ["not here"], []));
        var listeners = _listeners;
        _proxy = _system.ActorOf(Props.Create(() => new ProxyActor(environment, new PoolDirectory(), listeners)), ActorPaths.Root);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _system.Terminate();

    [Theory]
    [InlineData("/user/scp/config")]
    [InlineData("/user/scp/listeners/main")]
    [InlineData("/user/scp/listeners/a%20b%2Fc")]
    [InlineData("/user/scp/pools/p/one")]
    [InlineData("/user/scp/pools/p/127.0.0.1%3A2")]
    public async Task Actors_are_where_the_README_says(string path)
    {
        await ApplyAsync(1, """listeners."a b/c".bind = "127.0.0.1:0" """);

        await _system.ActorSelection(path).ResolveOne(Patience);
    }

    [Fact]
    public async Task A_connection_is_a_child_of_its_listener()
    {
        await ApplyAsync(1);
        using var client = await WireClient.ConnectAsync(_listeners.All["main"]!);
        Assert.Equal(404, (await client.ExchangeAsync()).Status);

        var identity = await _system.ActorSelection("/user/scp/listeners/main/*").Ask<ActorIdentity>(new Identify(1), Patience);

        Assert.Equal("main", identity.Subject.Path.Parent.Name);
    }

    [Fact]
    public async Task A_listener_that_fails_is_opened_anew_with_the_settings_in_force()
    {
        await ApplyAsync(1);
        await ApplyAsync(2, "routes.all.respond.status = 410");
        var before = _listeners.All["main"];
        var router = await _system.ActorSelection("/user/scp/listeners/main").ResolveOne(Patience);

        router.Tell(Kill.Instance);
        Support.Eventually.Holds(() => _listeners.All["main"] is { } now && !now.Equals(before));

        using var client = await WireClient.ConnectAsync(_listeners.All["main"]!);
        Assert.Equal(410, (await client.ExchangeAsync()).Status);
    }

    [Fact]
    public async Task Whoever_asks_for_a_drain_again_waits_for_the_same_one()
    {
        await ApplyAsync(1, "drain { close-idle-after = 300ms, hard-stop = 5s }");
        using var client = await WireClient.ConnectAsync(_listeners.All["main"]!);
        await client.ExchangeAsync();

        var first = _proxy.Ask<ProxyDrained>(DrainProxy.Instance, Patience);
        var second = _proxy.Ask<ProxyDrained>(DrainProxy.Instance, Patience);

        Assert.Equal([0, 0], (await Task.WhenAll(first, second)).Select(d => d.Cut));
        await client.EndsAsync();
    }

    private async Task ApplyAsync(long version, string more = "")
    {
        var text = $$"""
            scp {
              listeners.main.bind = "127.0.0.1:0"
              pools.p.backends = [{ name = one, address = "127.0.0.1:1" }, { address = "127.0.0.1:2" }]
              {{more}}
            }
            """;
        var loaded = ConfigurationReader.Read([ConfigurationReader.Reference, HoconSource.FromText("test.conf", text)], _ => null);
        Assert.True(loaded.Errors.IsEmpty, string.Join('\n', loaded.Errors));
        Assert.Empty((await _proxy.Ask<Applied>(new Apply(loaded.Settings!, version), Patience)).Failed);
    }
}
