using Scp.Streams.Balancing;
using Scp.Streams.Dispatch.Overload;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch.Overload;

public class RequestQueueSpec
{
    private readonly RequestQueue _queue = new();
    private readonly List<string> _woken = [];

    [Fact]
    public void Who_came_first_goes_first()
    {
        Wait("a");
        Wait("b");

        _queue.OnRoom(null);
        _queue.OnRoom(null);

        Assert.Equal(["a", "b"], _woken);
    }

    [Fact]
    public void A_higher_class_goes_before_who_came_earlier()
    {
        Wait("sheddable", RequestPriority.Sheddable);
        Wait("normal");
        Wait("critical", RequestPriority.Critical);

        for (var i = 0; i < 3; i++) _queue.OnRoom(null);

        Assert.Equal(["critical", "normal", "sheddable"], _woken);
    }

    [Fact]
    public void Who_tried_in_vain_keeps_its_place()
    {
        var a = Wait("a");
        Wait("b");
        _queue.OnRoom(null);
        Assert.True(_queue.BeginTry(a));
        Assert.True(_queue.TryWait(a, _queue.Version));

        _queue.OnRoom(null);

        Assert.Equal(["a", "a"], _woken);
        Assert.Equal(2, _queue.Waits);
    }

    [Fact]
    public void A_full_queue_takes_nobody()
    {
        Wait("a");

        Assert.False(_queue.TryEnter(Request("b"), 1));
        Assert.False(_queue.TryEnter(Request("c"), 0));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void In_a_full_queue_the_newest_of_the_lowest_class_gives_way()
    {
        Wait("normal");
        var older = Wait("older", RequestPriority.Sheddable);
        var newer = Wait("newer", RequestPriority.Sheddable);

        Assert.True(_queue.TryEnter(Request("critical", RequestPriority.Critical), 3));

        Assert.Equal(["newer"], _woken);
        Assert.True(newer.IsShed);
        Assert.False(older.IsShed);
        Assert.Equal(3, _queue.Count);
        Assert.False(_queue.BeginTry(newer));
    }

    [Fact]
    public void Nobody_gives_way_to_its_own_class()
    {
        Wait("a");

        Assert.False(_queue.TryEnter(Request("b"), 1));
        Assert.Empty(_woken);
    }

    [Fact]
    public void Room_that_was_made_during_a_try_is_not_lost()
    {
        var a = Request("a");
        Assert.True(_queue.TryEnter(a, 10));
        var version = _queue.Version;
        _queue.OnRoom(null); // nobody is in the line yet

        Assert.False(_queue.TryWait(a, version));
        Assert.True(_queue.TryWait(a, _queue.Version));
    }

    [Fact]
    public void A_turn_that_is_not_used_goes_to_the_next()
    {
        var a = Wait("a");
        Wait("b");
        _queue.OnRoom(null);

        _queue.Leave(a);

        Assert.Equal(["a", "b"], _woken);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void A_turn_that_was_tried_and_not_used_goes_to_the_next()
    {
        var a = Wait("a");
        var b = Wait("b");
        Wait("c");
        _queue.OnRoom(null);
        Assert.True(_queue.BeginTry(a));
        _queue.Leave(a);
        Assert.Equal(["a", "b"], _woken);

        Assert.True(_queue.BeginTry(b));
        _queue.Leave(b, isServed: true);
        Assert.Equal(["a", "b"], _woken);
    }

    [Fact]
    public void Who_tried_in_vain_hands_on_to_those_with_other_backends_each_once()
    {
        var critical = Wait("critical", RequestPriority.Critical, Subset("north"));
        var east = Subset("east");
        var a = Wait("a", subset: east);
        Wait("b", subset: east);
        var c = Wait("c", subset: Subset("west"));
        _queue.OnRoom(null);

        TryInVain(critical);
        TryInVain(a);
        TryInVain(c);
        Assert.Equal(["critical", "a", "c"], _woken);

        _queue.OnRoom(null);
        Assert.True(_queue.BeginTry(critical));
        Assert.True(_queue.TryWait(critical, _queue.Version, isPoolFull: true));
        Assert.Equal(["critical", "a", "c", "critical"], _woken);

        void TryInVain(QueuedRequest request)
        {
            Assert.True(_queue.BeginTry(request));
            Assert.True(_queue.TryWait(request, _queue.Version));
        }
    }

    [Fact]
    public void Who_leaves_the_line_is_not_woken()
    {
        var a = Wait("a");
        Wait("b");
        _queue.Leave(a);
        _queue.Leave(a);

        _queue.OnRoom(null);

        Assert.Equal(["b"], _woken);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void A_backend_with_room_wakes_who_may_use_it()
    {
        Wait("east", subset: Subset("east"));
        Wait("west", subset: Subset("west"));

        _queue.OnRoom(Standing("west"));

        Assert.Equal(["west"], _woken);
    }

    [Fact]
    public void When_nobody_may_use_the_backend_the_first_tries_for_the_room_in_the_pool()
    {
        Wait("east", subset: Subset("east"));

        _queue.OnRoom(Standing("west"));

        Assert.Equal(["east"], _woken);
    }

    [Fact]
    public void A_change_of_the_pool_wakes_all_in_their_order()
    {
        Wait("a");
        Wait("b", subset: Subset("west"));
        Wait("c", RequestPriority.Critical);

        _queue.WakeAll();

        Assert.Equal(["c", "a", "b"], _woken);
    }

    /// <summary>Many threads, few places: nobody is forgotten, and no place is taken twice.</summary>
    [Fact]
    public void Under_contention_every_request_gets_its_turn()
    {
        const int Threads = 4, Each = 2000, Limit = 2;
        var (active, most, served) = (0, 0, 0);
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
        {
            using var turn = new SemaphoreSlim(0);
            for (var i = 0; i < Each; i++)
            {
                if (!Reservation.TryTake(ref active, Limit)) Queue(turn);
                InterlockedMax(ref most, Volatile.Read(ref active));
                Interlocked.Increment(ref served);
                Interlocked.Decrement(ref active);
                _queue.OnRoom(null);
            }
        });

        Assert.Equal(Threads * Each, served);
        Assert.InRange(most, 1, Limit);
        Assert.Equal((0, 0), (active, _queue.Count));

        void Queue(SemaphoreSlim turn)
        {
            var request = new QueuedRequest(RequestPriority.Normal, null, _ => turn.Release());
            Assert.True(_queue.TryEnter(request, int.MaxValue));
            while (true)
            {
                var version = _queue.Version;
                if (Reservation.TryTake(ref active, Limit)) break;
                if (!_queue.TryWait(request, version)) continue;
                Assert.True(turn.Wait(TimeSpan.FromSeconds(30)), "A wake-up was lost.");
                Assert.True(_queue.BeginTry(request));
            }

            _queue.Leave(request);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    private QueuedRequest Wait(string name, RequestPriority priority = RequestPriority.Normal, LabelSubset? subset = null)
    {
        var request = Request(name, priority, subset);
        Assert.True(_queue.TryEnter(request, 100));
        Assert.True(_queue.TryWait(request, _queue.Version));
        return request;
    }

    private QueuedRequest Request(string name, RequestPriority priority = RequestPriority.Normal, LabelSubset? subset = null) =>
        new(priority, subset, _ => _woken.Add(name));

    private static LabelSubset Subset(string zone) => new(new Dictionary<string, string> { ["zone"] = zone }, FallsBackToAll: false);

    private static BackendStanding Standing(string zone) =>
        new(Routes.Backend(zone)) { Labels = new Dictionary<string, string> { ["zone"] = zone } };
}
