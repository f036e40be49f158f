using Scp.Streams.Dispatch;

namespace Scp.Streams.Balancing;

/// <summary>The circuit breaker of a pool as a whole, as requests see it.</summary>
/// <param name="State">Closed lets all pass, open none.</param>
/// <param name="HalfOpenRequests">Requests at once that try the pool while it is half open.</param>
public sealed record PoolCircuit(CircuitState State, int HalfOpenRequests)
{
    public static readonly PoolCircuit Closed = new(CircuitState.Closed, int.MaxValue);

    /// <summary>Exchanges that were with the pool when it became half open: they try nothing.</summary>
    public int CarriedOver { get; init; }

    public bool Admits(PoolLoad load) => State switch
    {
        CircuitState.Closed => true,
        CircuitState.Open => false,
        _ => load.ActiveExchanges - CarriedOver < HalfOpenRequests,
    };
}
