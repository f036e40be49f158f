using Scp.Streams.Dispatch;
using Scp.Streams.Dispatch.Mirroring;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Telemetry;

namespace Scp.Tests.Telemetry;

public class PoolMetricsSpec
{
    private readonly PoolLoad _load = new();

    [Fact]
    public void What_a_pool_holds_and_what_waits_for_it_is_shown()
    {
        _load.TryStart();
        _load.CountShed();
        _load.CountQueueTimeout();
        var request = new QueuedRequest(RequestPriority.Normal, null, _ => { });
        _load.Queue.TryEnter(request, 1);
        _load.Queue.TryWait(request, _load.Queue.Version);

        Assert.Equal(1, Value("scp.pool.exchanges.active"));
        Assert.Equal(1, Value("scp.pool.queue.length"));
        Assert.Equal(1, Value("scp.pool.queue.waits"));
        Assert.Equal(1, Value("scp.pool.queue.timeouts"));
        Assert.Equal(1, Value("scp.pool.shed"));
    }

    [Fact]
    public void A_limit_is_shown_only_where_there_is_one()
    {
        Assert.Null(Value("scp.pool.concurrency.limit"));

        _load.Configure(_load.QueueSettings, new AdaptiveConcurrencySettings
        {
            Enabled = true,
            Minimum = 1,
            Initial = 7,
            Maximum = 9,
            Tolerance = 0.1,
            Window = TimeSpan.FromSeconds(1),
            ProbeInterval = TimeSpan.FromSeconds(1),
        });

        Assert.Equal(7, Value("scp.pool.concurrency.limit"));
    }

    [Fact]
    public void Every_outcome_of_a_copy_has_a_series()
    {
        _load.MirrorOf("r").Refuse(MirrorOutcome.TooLarge);

        var points = MirrorMetrics.Families(Pools).Single(f => f.Name == "scp.mirror.requests").Read().ToList();

        Assert.Equal(Enum.GetValues<MirrorOutcome>().Length, points.Count);
        Assert.Equal("too-large", points.Single(p => p.Value == 1).Labels.Single(l => l.Key == "outcome").Value);
    }

    private double? Value(string name) =>
        PoolMetrics.Families(Pools).Single(f => f.Name == name).Read().Select(p => (double?)p.Value).SingleOrDefault();

    private IEnumerable<KeyValuePair<string, PoolLoad>> Pools() => [KeyValuePair.Create("p", _load)];
}
