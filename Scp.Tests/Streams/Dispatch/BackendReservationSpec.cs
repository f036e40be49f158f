using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch;

public class BackendReservationSpec
{
    [Fact]
    public void No_race_takes_more_places_than_there_are()
    {
        var backend = Routes.Backend("a");
        var taken = 0;

        Parallel.For(0, 10_000, _ =>
        {
            if (backend.TryStart(100)) Interlocked.Increment(ref taken);
        });

        Assert.Equal((100, 100), (taken, backend.ActiveExchanges));
    }

    [Fact]
    public void Without_a_limit_there_is_always_a_place()
    {
        var backend = Routes.Backend("a");

        Parallel.For(0, 1000, _ => Assert.True(backend.TryStart(int.MaxValue)));

        Assert.Equal(1000, backend.ActiveExchanges);
    }
}
