using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Tests.Streams.Balancing;

public class PoolCircuitSpec
{
    private readonly PoolLoad _load = new();

    [Fact]
    public void Closed_it_admits_everything()
    {
        for (var i = 0; i < 1000; i++) _load.TryStart();

        Assert.True(PoolCircuit.Closed.Admits(_load));
    }

    [Fact]
    public void Open_it_admits_nothing() => Assert.False(new PoolCircuit(CircuitState.Open, 3).Admits(_load));

    [Fact]
    public void Half_open_it_admits_a_trickle()
    {
        var circuit = new PoolCircuit(CircuitState.HalfOpen, 2);
        _load.TryStart();
        Assert.True(circuit.Admits(_load));
        _load.TryStart();

        Assert.False(circuit.Admits(_load));
    }

    [Fact]
    public void Half_open_it_does_not_count_what_was_there_before()
    {
        for (var i = 0; i < 10; i++) _load.TryStart();
        var circuit = new PoolCircuit(CircuitState.HalfOpen, 1) { CarriedOver = 10 };
        Assert.True(circuit.Admits(_load));
        _load.TryStart();

        Assert.False(circuit.Admits(_load));
    }
}
