using Scp.Actors.Discovery;

namespace Scp.Tests.Actors.Discovery;

public sealed class DiscoveryStateSpec
{
    private static readonly DiscoveryRules Rules = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), MaximumMembers: 3);

    private DiscoveryState _state = DiscoveryState.Empty;
    private long _now;

    [Fact]
    public void The_first_answer_brings_members()
    {
        Assert.Equal(DiscoveryNews.MembersChanged, Answer(30, "10.0.0.2:80", "10.0.0.1:80"));
        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80"], Addresses());
        Assert.Equal(TimeSpan.FromSeconds(30), _state.NextRefresh);
    }

    [Fact]
    public void A_rotated_answer_changes_nothing()
    {
        Answer(30, "10.0.0.1:80", "10.0.0.2:80");
        var members = _state.Members;

        Assert.Equal(DiscoveryNews.None, Answer(30, "10.0.0.2:80", "10.0.0.1:80"));
        Assert.Same(members, _state.Members);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(4, 5)]
    [InlineData(60, 60)]
    [InlineData(86_400, 300)]
    [InlineData(2_147_483_647, 300)]
    public void The_time_to_live_counts_within_its_bounds(long timeToLive, int seconds)
    {
        Answer(timeToLive, "10.0.0.1:80");

        Assert.Equal(TimeSpan.FromSeconds(seconds), _state.NextRefresh);
    }

    [Fact]
    public void A_failure_keeps_the_last_good_answer_and_is_news_once()
    {
        Answer(30, "10.0.0.1:80");

        Assert.Equal(DiscoveryNews.FailureBegan, Fail());
        Assert.Equal(DiscoveryNews.None, Fail());
        Assert.Equal(["10.0.0.1:80"], Addresses());
        Assert.Equal("no such name", _state.Failure);
        Assert.Equal(DiscoveryNews.FailureOver, Answer(30, "10.0.0.1:80"));
        Assert.Equal("", _state.Failure);
        Assert.Equal(DiscoveryNews.FailureBegan, Fail());
    }

    [Fact]
    public void Members_that_changed_during_a_failure_are_both_news()
    {
        Answer(30, "10.0.0.1:80");
        Fail();

        Assert.Equal(DiscoveryNews.FailureOver | DiscoveryNews.MembersChanged, Answer(30, "10.0.0.2:80"));
    }

    [Fact]
    public void A_failure_is_tried_again_after_5_10_20_seconds_and_so_on_up_to_the_maximum()
    {
        var waits = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            Fail();
            waits.Add(_state.NextRefresh.TotalSeconds);
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 300, 300], waits.Take(8));
        Assert.All(waits.Skip(8), w => Assert.Equal(300, w));
        Answer(30, "10.0.0.1:80");
        Fail();
        Assert.Equal(TimeSpan.FromSeconds(5), _state.NextRefresh);
    }

    [Fact]
    public void Beyond_the_limit_the_same_members_stay_whatever_the_order_and_it_is_news_once()
    {
        Assert.Equal(
            DiscoveryNews.MembersChanged | DiscoveryNews.LimitReached,
            Answer(30, "10.0.0.5:80", "10.0.0.1:80", "10.0.0.3:80", "10.0.0.2:80", "10.0.0.4:80"));
        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"], Addresses());
        Assert.Equal(2, _state.LeftOut);
        Assert.Equal(DiscoveryNews.None, Answer(30, "10.0.0.4:80", "10.0.0.3:80", "10.0.0.2:80", "10.0.0.1:80"));
    }

    [Fact]
    public void Beyond_the_limit_lower_priorities_go_first()
    {
        _state = _state.After(
            NameAnswer.Of([.. Enumerable.Range(1, 4).Select(i => new DiscoveredMember($"10.0.0.{i}:80", Priority: 10 - i, Weight: 1))], TimeSpan.Zero),
            Rules, 0, out _);

        Assert.Equal(["10.0.0.4:80", "10.0.0.3:80", "10.0.0.2:80"], Addresses());
    }

    [Fact]
    public void Another_weight_is_a_change()
    {
        _state = _state.After(NameAnswer.Of([new DiscoveredMember("10.0.0.1:80", 0, 1)], TimeSpan.Zero), Rules, 0, out _);
        _state = _state.After(NameAnswer.Of([new DiscoveredMember("10.0.0.1:80", 0, 2)], TimeSpan.Zero), Rules, 0, out var news);

        Assert.Equal(DiscoveryNews.MembersChanged, news);
    }

    [Fact]
    public void It_counts_and_remembers_when_it_was_answered()
    {
        Answer(30, "10.0.0.1:80");
        _now = 7_000;
        Fail();

        Assert.Equal((2, 1, 0L), (_state.Resolutions, _state.FailedResolutions, _state.AnsweredAt));
    }

    private DiscoveryNews Answer(long seconds, params string[] addresses)
    {
        _state = _state.After(
            NameAnswer.Of([.. addresses.Select(a => new DiscoveredMember(a))], TimeSpan.FromSeconds(seconds)), Rules, _now, out var news);
        return news;
    }

    private DiscoveryNews Fail()
    {
        _state = _state.After(NameAnswer.Failed("no such name"), Rules, _now, out var news);
        return news;
    }

    private IEnumerable<string> Addresses() => _state.Members.Select(m => m.Address);
}
