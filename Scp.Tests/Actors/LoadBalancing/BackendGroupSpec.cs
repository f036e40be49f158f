using Akka.Actor;
using Akka.Configuration;
using Akka.Routing;
using Akka.TestKit.Xunit2;
using Scp.Actors.LoadBalancing;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.LoadBalancing;

/// <summary>Our policies behind Akka's own routers, deployed by HOCON.</summary>
public sealed class BackendGroupSpec() : TestKit(Deployments)
{
    private const string Deployments = BackendGroup.Hocon + """
        akka.loglevel = OFF
        akka.actor.deployment {
          /turns { router = scp-backend-group, routees.paths = ["/user/a", "/user/b"], scp.load-balancing = round-robin }
          /weighted {
            router = scp-backend-group
            routees.paths = ["/user/a", "/user/b", "/user/c"]
            scp { load-balancing = weighted-round-robin, weights = [5, 1, 1] }
          }
          /ring { router = scp-backend-group, routees.paths = ["/user/a", "/user/b", "/user/c"], scp { load-balancing = ring-hash } }
          /least { router = scp-backend-group, routees.paths = ["/user/a", "/user/b", "/user/c"], scp { load-balancing = least-requests } }
          /defaults { router = scp-backend-group, routees.paths = ["/user/a"] }
        }
        """;

    [Fact]
    public void A_router_goes_by_the_policy_that_its_deployment_names()
    {
        StartRoutees("a", "b");
        Assert.Equal(["a", "b", "a", "b"], Answers(Router("turns"), 4));
    }

    [Fact]
    public void Weights_come_from_the_deployment()
    {
        StartRoutees("a", "b", "c");
        Assert.Equal("aabacaa", string.Concat(Answers(Router("weighted"), 7)));
    }

    [Fact]
    public void What_a_deployment_does_not_say_is_as_in_pools()
    {
        StartRoutees("a");
        Assert.Equal(["a"], Answers(Router("defaults"), 1));
        var settings = RouterSettings.Read(Sys.Settings.Config.GetConfig("akka.actor.deployment.default")
            .WithFallback(ConfigurationFactory.ParseString("routees.paths = []")));
        Assert.Equal((PowerOfTwoPolicy.PolicyName, 1.25, 100), (settings.LoadBalancing, settings.Hash.BoundedLoad, settings.Hash.RingPoints));
    }

    [Fact]
    public void Messages_with_the_same_key_go_to_the_same_routee_in_envelopes_or_by_themselves()
    {
        StartRoutees("a", "b", "c");
        var router = Router("ring");
        object[] keys = ["alice", "bob", "carol", 4711, 4711L, Guid.Parse("d2719f0e-2b1a-4d4e-8f57-0f5b1f4f4d6a"), "x"u8.ToArray(), 1.5m];
        foreach (var key in keys)
        {
            router.Tell(new ConsistentHashableEnvelope("hello", key));
            var first = ExpectMsg<string>();
            router.Tell(new ConsistentHashableEnvelope("again", key));
            Assert.Equal(first, ExpectMsg<string>());
            router.Tell(new Keyed(key));
            Assert.Equal(first, ExpectMsg<string>());
        }

        Assert.True(Enumerable.Range(0, 50).Select(i => Ask(new ConsistentHashableEnvelope("", $"key {i}"))).Distinct().Count() == 3);

        string Ask(object message)
        {
            router.Tell(message);
            return ExpectMsg<string>();
        }
    }

    [Fact]
    public void Work_counts_until_it_is_completed()
    {
        StartRoutees("a", "b", "c");
        var router = Router("least");
        var work = Enumerable.Range(0, 9).Select(_ => new Work()).ToList();
        var takers = work.Select(w => Ask(router, w)).ToList();
        Assert.Equal([3, 3, 3], takers.GroupBy(t => t).Select(g => g.Count()));

        for (var i = 0; i < 9; i++)
        {
            if (takers[i] == "b") work[i].Complete();
            if (takers[i] == "b") work[i].Complete(); // counts once
        }

        Assert.Equal(["b", "b", "b"], Enumerable.Range(0, 3).Select(_ => Ask(router, new Work())));
    }

    [Fact]
    public async Task Routees_that_come_later_are_picked_too_and_those_that_were_there_keep_their_load()
    {
        StartRoutees("a", "b", "c", "d");
        var router = Router("least");
        for (var i = 0; i < 9; i++) Ask(router, new Work());
        router.Tell(new AddRoutee(new ActorSelectionRoutee(Sys.ActorSelection("/user/d"))));
        while ((await router.Ask<Routees>(GetRoutees.Instance, RemainingOrDefault)).Members.Count() < 4) await Task.Yield();

        Assert.Equal(["d", "d", "d"], Enumerable.Range(0, 3).Select(_ => Ask(router, new Work())));
    }

    [Theory]
    [InlineData("load-balancing = sticky", "scp.load-balancing: must be one of")]
    [InlineData("weights = [1]", "scp.weights: 1 weights for 2 routees.paths")]
    [InlineData("weights = [1, 0]", "scp.weights: must be from 1 to 1000")]
    [InlineData("hash.bounded-load = 0.9", "scp.hash.bounded-load: must be from 1 to 100, or off; not '0.9'")]
    [InlineData("hash.ring-points = 0", "scp.hash.ring-points: must be from 1 to 10000")]
    public void A_mistake_in_a_deployment_is_named(string mistake, string message)
    {
        var deployment = ConfigurationFactory.ParseString($"routees.paths = [a, b], scp {{ {mistake} }}")
            .WithFallback(ConfigurationFactory.ParseString(BackendGroup.Hocon).GetConfig("akka.actor.deployment.default"));
        Assert.StartsWith(message, Assert.Throws<ConfigurationException>(() => new BackendGroup(deployment)).Message);
    }

    [Fact]
    public void Selecting_allocates_nothing_and_nobody_is_selected_of_none()
    {
        var logic = new PolicyRoutingLogic(new PowerOfTwoPolicy(), new Dictionary<string, int>(), Sys.Scheduler, 1);
        Routee[] routees = [new ActorRefRoutee(TestActor), new ActorRefRoutee(Sys.DeadLetters)];
        logic.Select("", routees);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) logic.Select("", routees);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Same(Routee.NoRoutee, logic.Select("", []));
    }

    private void StartRoutees(params string[] names)
    {
        foreach (var name in names) Sys.ActorOf(Props.Create(() => new Answering(name)), name);
    }

    private IActorRef Router(string name) => Sys.ActorOf(Props.Empty.WithRouter(FromConfig.Instance), name);

    private List<string> Answers(IActorRef router, int count) => [.. Enumerable.Range(0, count).Select(_ => Ask(router, "hello"))];

    private string Ask(IActorRef router, object message)
    {
        router.Tell(message);
        return ExpectMsg<string>();
    }

    private sealed class Answering(string name) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(name);
    }

    private sealed record Keyed(object ConsistentHashKey) : IConsistentHashable;

    private sealed class Work : RoutedWork;
}
