using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Scp.Actors.BackendPools;
using Scp.Actors.Discovery;
using Scp.Streams.Limits;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.Discovery;

public sealed class DiscoveryActorSpec : TestKit
{
    private static readonly DiscoverySettings Settings = TestConfiguration
        .Read("127.0.0.1:1", "scp.pools.origin.discovery { type = dns, name = shop.internal, port = 80, timeout = 2s }").Pools["origin"].Discovery;

    private readonly ScriptedResolver _resolver = new();
    private readonly TestProbe _pool;
    private readonly IActorRef _discovery;
    private volatile DiscoveryView? _view;

    public DiscoveryActorSpec()
        : base("""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
            akka.loglevel = INFO
            akka.stdout-loglevel = OFF
            """)
    {
        _pool = CreateTestProbe();
        var context = new DiscoveryContext("shop", _ => _resolver, new Clock(TimeProvider.System), new NoJitter(), view => _view = view);
        _discovery = _pool.ChildActorOf(Props.Create(() => new DiscoveryActor(Settings, context)));
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Members_are_told_to_the_pool_and_only_when_they_change()
    {
        (await _resolver.NextAsync()).Answer(30, "10.0.0.1:80");
        Assert.Equal(["10.0.0.1:80"], Members());
        await AfterAsync(30, q => q.Answer(30, "10.0.0.1:80"));
        await AfterAsync(30, q => q.Answer(30, "10.0.0.1:80", "10.0.0.2:80"));

        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80"], Members());
        Assert.Equal(3, _resolver.Asked);
    }

    [Fact]
    public async Task It_does_not_ask_before_the_time_to_live_is_over()
    {
        (await _resolver.NextAsync()).Answer(30, "10.0.0.1:80");
        Members();
        await SettledAsync();

        Time.Advance(TimeSpan.FromSeconds(29.9));
        await SettledAsync();
        Assert.Equal(1, _resolver.Asked);

        Time.Advance(TimeSpan.FromSeconds(0.1));
        await _resolver.NextAsync();
    }

    [Fact]
    public async Task A_name_that_vanishes_keeps_its_members_and_is_logged_when_it_begins_and_when_it_is_over()
    {
        (await _resolver.NextAsync()).Answer(30, "10.0.0.1:80");
        Members();
        await EventFilter.Warning(contains: "Pool shop cannot resolve its members (no such name). The one of the last good answer stays; the next try is in 5 s.")
            .ExpectOneAsync(() => AfterAsync(30, q => q.Fail("no such name")));
        await EventFilter.Warning().ExpectAsync(0, () => AfterAsync(5, q => q.Fail("no such name")));
        Assert.Equal(("no such name", 2), (_view!.State.Failure, _view.State.Failures));

        await EventFilter.Info(contains: "resolves its members again after 2 failures").ExpectOneAsync(() => AfterAsync(10, q => q.Answer(30, "10.0.0.1:80")));
        _pool.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_resolution_without_an_answer_is_given_up_and_its_late_answer_is_not_taken()
    {
        var slow = await _resolver.NextAsync();
        await SettledAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await SettledAsync();
        Assert.Equal("shop.internal: no answer in time", _view!.State.Failure);

        await AfterAsync(5, next =>
        {
            Assert.True(slow.IsCancelled);
            slow.Answer(30, "10.6.6.6:80");
            next.Answer(30, "10.0.0.1:80");
        });
        Assert.Equal(["10.0.0.1:80"], Members());
    }

    [Fact]
    public async Task A_resolver_that_throws_is_a_failure()
    {
        (await _resolver.NextAsync()).Throw(new InvalidDataException("odd"));

        await _discovery.Ask<FirstAnswerKnown>(AwaitFirstAnswer.Instance, RemainingOrDefault);
        Assert.Equal("odd", _view!.State.Failure);
    }

    [Fact]
    public async Task Who_waits_for_the_first_answer_hears_of_it_after_the_pool()
    {
        var question = await _resolver.NextAsync();
        _discovery.Tell(AwaitFirstAnswer.Instance, _pool);
        await SettledAsync();
        _pool.ExpectNoMsg(TimeSpan.Zero);

        question.Answer(30, "10.0.0.1:80");

        _pool.ExpectMsg<MembersResolved>();
        _pool.ExpectMsg<FirstAnswerKnown>();
        _discovery.Tell(AwaitFirstAnswer.Instance, _pool);
        _pool.ExpectMsg<FirstAnswerKnown>();
    }

    [Fact]
    public async Task Another_question_is_asked_at_once_and_the_same_one_is_not()
    {
        (await _resolver.NextAsync()).Answer(30, "10.0.0.1:80");
        Members();

        _discovery.Tell(new DiscoveryChanged(Settings with { Resolvers = [.. Settings.Resolvers] }));
        Assert.Equal(["10.0.0.1:80"], Members()); // what they are beside their address may have changed
        Assert.Equal(1, _resolver.Asked);

        _discovery.Tell(new DiscoveryChanged(Settings with { Name = "other.internal" }));
        Assert.Equal(["10.0.0.1:80"], Members());
        (await _resolver.NextAsync()).Answer(30, "10.0.0.9:80");
        Assert.Equal(["10.0.0.9:80"], Members());
    }

    private IEnumerable<string> Members() => _pool.ExpectMsg<MembersResolved>().Members.Select(m => m.Address);

    private async Task AfterAsync(double seconds, Action<ScriptedResolver.Question> answer)
    {
        await SettledAsync();
        Time.Advance(TimeSpan.FromSeconds(seconds));
        var question = await _resolver.NextAsync();
        var resolutions = _view?.State.Resolutions ?? 0;
        answer(question);
        await AwaitConditionAsync(() => Task.FromResult(_view?.State.Resolutions > resolutions));
        await SettledAsync();
    }

    /// <summary>Waits until the actor has handled what was sent to it.</summary>
    private Task SettledAsync() => _discovery.Ask<ActorIdentity>(new Identify(null), RemainingOrDefault);

    private sealed class NoJitter : Random
    {
        public override double NextDouble() => 0;
    }
}
