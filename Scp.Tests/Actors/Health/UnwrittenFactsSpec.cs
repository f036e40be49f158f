using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Tests.Actors.Health;

public class UnwrittenFactsSpec
{
    private readonly UnwrittenFacts _facts = new(most: 3);

    [Fact]
    public void A_newer_fact_takes_the_place_of_the_older_one()
    {
        _facts.Add(Facts.Of("a", HealthStatus.Down));
        _facts.Add(Facts.Of("b", HealthStatus.Down));
        _facts.Add(Facts.Of("a", HealthStatus.Up));

        Assert.Equal([("a", HealthStatus.Up), ("b", HealthStatus.Down)], _facts.Next(9).Select(f => (f.Backend, f.Health)));
    }

    [Fact]
    public void What_was_written_goes_and_what_replaced_it_meanwhile_stays()
    {
        _facts.Add(Facts.Of("a", HealthStatus.Down));
        _facts.Add(Facts.Of("b", HealthStatus.Down));
        var batch = _facts.Next(9);
        _facts.Add(Facts.Of("b", HealthStatus.Up));

        _facts.Written(batch);

        Assert.Equal([("b", HealthStatus.Up)], _facts.Next(9).Select(f => (f.Backend, f.Health)));
    }

    [Fact]
    public void A_batch_holds_those_that_waited_longest()
    {
        foreach (var name in (string[])["a", "b", "c"]) _facts.Add(Facts.Of(name));

        Assert.Equal(["a", "b"], _facts.Next(2).Select(f => f.Backend));
    }

    [Fact]
    public void There_is_a_limit_and_it_is_told()
    {
        foreach (var name in (string[])["a", "b", "c"]) Assert.True(_facts.Add(Facts.Of(name)));

        Assert.False(_facts.Add(Facts.Of("d")));

        Assert.Equal(["b", "c", "d"], _facts.Next(9).Select(f => f.Backend));
    }
}
