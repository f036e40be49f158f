using Akka.Actor;
using Akka.TestKit.Xunit2;
using Scp.Actors;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Discovery;
using Scp.Host;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Tests.Actors.Discovery;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.BackendPools;

public sealed class PoolDiscoverySpec : TestKit
{
    private const string Resolving = "scp.pools.origin.discovery { type = dns, name = shop.internal, port = 80 }";

    private readonly PoolDirectory _directory = new();
    private readonly ScriptedResolver _resolver = new();
    private readonly IActorRef _pools;

    public PoolDiscoverySpec()
        : base("akka.loglevel = OFF")
    {
        var environment = new ProxyEnvironment(
            TimeProvider.System, Random.Shared, SocketConnector.Instance, new ListenerTelemetry(null, null), () => new ReadResult(null, [], []))
        {
            Resolvers = _ => _resolver,
        };
        var (directory, clock) = (_directory, new Clock(TimeProvider.System));
        _pools = Sys.ActorOf(Props.Create(() => new PoolsActor(directory, clock, environment)));
    }

    private PoolSnapshot Snapshot => _directory.Cells["origin"].Current;

    [Fact]
    public async Task Settings_are_in_force_when_names_are_resolved()
    {
        var applied = ApplyAsync(Resolving);
        var question = await _resolver.NextAsync();
        Assert.False(applied.IsCompleted);

        question.Answer(60, "10.0.0.1:80", "10.0.0.2:80");
        await applied;

        Assert.Equal(["127.0.0.1:1", "10.0.0.1:80", "10.0.0.2:80"], Names());
        Assert.Equal("shop.internal", _directory.DiscoveryOf(_directory.Cells["origin"])!.Name);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_holds_nothing_up()
    {
        var applied = ApplyAsync(Resolving);
        (await _resolver.NextAsync()).Fail("no such name");
        await applied;

        Assert.Equal(["127.0.0.1:1"], Names());
    }

    [Fact]
    public async Task A_backend_that_is_listed_and_resolved_is_one_backend()
    {
        await ResolvedAsync("127.0.0.1:1", "10.0.0.1:80");

        Assert.Equal(["127.0.0.1:1", "10.0.0.1:80"], Names());
    }

    [Fact]
    public async Task A_reload_keeps_resolved_backends_and_their_connections()
    {
        await ResolvedAsync("10.0.0.1:80");
        var before = Snapshot.Backends[1];

        await ApplyAsync(Resolving + "\nscp.pools.origin.connections.max-idle = 7");

        Assert.Equal(7, Snapshot.Upstream.MaxIdle);
        Assert.Same(before, Snapshot.Backends[1]);
    }

    [Fact]
    public async Task Members_have_the_labels_and_the_tier_that_the_pool_gives_them()
    {
        await ResolvedAsync("10.0.0.1:80");

        await ApplyAsync(Resolving + "\nscp.pools.origin.discovery.member { priority = 2, labels.zone = a }");

        await AwaitConditionAsync(() => Task.FromResult(Snapshot.Standings[1].Priority == 2));
        Assert.Equal("a", Snapshot.Standings[1].Labels["zone"]);
        Assert.Equal(0, Snapshot.Standings[0].Priority);
    }

    [Fact]
    public async Task Discovery_that_is_switched_off_takes_its_backends_with_it()
    {
        await ResolvedAsync("10.0.0.1:80");

        await ApplyAsync("");

        Assert.Equal(["127.0.0.1:1"], Names());
        await AwaitConditionAsync(() => Task.FromResult(_directory.DiscoveryOf(_directory.Cells["origin"]) is null));
    }

    private async Task ResolvedAsync(params string[] addresses)
    {
        var applied = ApplyAsync(Resolving);
        (await _resolver.NextAsync()).Answer(60, addresses);
        await applied;
    }

    private Task ApplyAsync(string more) => _pools.Ask<PoolsApplied>(new Apply(TestConfiguration.Read("127.0.0.1:1", more), 1), TimeSpan.FromSeconds(10));

    private IEnumerable<string> Names() => Snapshot.Backends.Select(b => b.Name);
}
