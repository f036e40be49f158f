using System.Globalization;
using Scp.Actors.Health;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>Moves the circuits of backends and of the pool.</summary>
internal static class CircuitRules
{
    public static PoolEvent? OfBackend(BackendPoolState pool, BackendState backend, OutcomeTally latest, long now)
    {
        var settings = pool.Settings.Circuit.Backend;
        var circuit = backend.Circuit;
        if (circuit.Next(latest, settings, now) is not (var step and not CircuitStep.Stay)) return null;
        var repetition = circuit.NextOpening(settings, now);
        return step switch
        {
            CircuitStep.Open => new CircuitOpened(backend.Name, Cause(circuit, settings, now), Until(settings, repetition, now), repetition, now),
            CircuitStep.HalfOpen => new CircuitHalfOpened(backend.Name, now),
            _ => new CircuitClosed(backend.Name, now),
        };
    }

    public static PoolEvent? OfPool(BackendPoolState pool, OutcomeTally latest, long now)
    {
        var settings = pool.Settings.Circuit.Pool;
        var circuit = pool.Circuit;
        if (circuit.Next(latest, settings, now) is not (var step and not CircuitStep.Stay)) return null;
        var repetition = circuit.NextOpening(settings, now);
        return step switch
        {
            CircuitStep.Open => new PoolCircuitOpened(Cause(circuit, settings, now), Until(settings, repetition, now), repetition, now),
            CircuitStep.HalfOpen => new PoolCircuitHalfOpened(now),
            _ => new PoolCircuitClosed(now),
        };
    }

    private static long Until(CircuitSettings settings, int repetition, long now) =>
        now + Repetition.Penalty(repetition, settings.OpenTime, settings.MaxOpenTime);

    private static string Cause(CircuitBreaker circuit, CircuitSettings settings, long now)
    {
        if (circuit.State == Streams.Balancing.CircuitState.HalfOpen) return "a request that tried it failed";
        var measured = circuit.Measured(settings, now);
        return string.Create(CultureInfo.InvariantCulture, $"{measured.FailureRate:P0} of {measured.Total:F0} requests failed");
    }
}
