using System.Globalization;
using Akka.Event;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>One line for each transition: which backend, why, what happens next.</summary>
internal static class PoolEventText
{
    public static LogLevel LevelOf(PoolEvent happened) =>
        happened is BackendWentDown or BackendEjected or BackendSuspected or CircuitOpened or PoolCircuitOpened
            ? LogLevel.WarningLevel : LogLevel.InfoLevel;

    /// <summary>Empty when the event is no transition.</summary>
    public static string Of(BackendPoolState pool, PoolEvent happened, long now) => happened switch
    {
        BackendWentDown e => $"{Which(pool, e)} is down: {e.Cause}. It gets no request until {Probes(pool)} passed.",
        BackendSuspected e => $"{Which(pool, e)} is suspect: {e.Cause}. It gets no request until a probe passed.",
        BackendCameUp e => $"{Which(pool, e)} is up: {e.Cause}.{Warming(pool, e)}",
        BackendEjected e => $"{Which(pool, e)} is ejected for {Seconds(e.Until - now)}: {e.Cause}.{EarlyReturn(e)}",
        EjectionEnded e => $"{Which(pool, e)} is back from its ejection; the next failure ejects it for longer.{Warming(pool, e)}",
        CircuitOpened e => $"{Which(pool, e)} has its circuit open for {Seconds(e.Until - now)}: {e.Cause}.",
        CircuitHalfOpened e => $"{Which(pool, e)} has its circuit half open: {Trials(pool.Settings.Circuit.Backend)}.",
        CircuitClosed e => $"{Which(pool, e)} has its circuit closed.{Warming(pool, e)}",
        AdministrationChanged e => $"{Which(pool, e)} is {Words(e)}{(e.IsRecalled ? ", as before the restart" : "")}.",
        PoolCircuitOpened e => $"Pool {pool.Name} has its circuit open for {Seconds(e.Until - now)}: {e.Cause}. Requests are answered with 503.",
        PoolCircuitHalfOpened => $"Pool {pool.Name} has its circuit half open: {Trials(pool.Settings.Circuit.Pool)}.",
        PoolCircuitClosed => $"Pool {pool.Name} has its circuit closed.",
        _ => "",
    };

    private static string Which(BackendPoolState pool, BackendEvent happened)
    {
        var address = pool.Backends[happened.Backend].Settings.Address;
        return address == happened.Backend
            ? $"Backend {happened.Backend} of pool {pool.Name}" : $"Backend {happened.Backend} ({address}) of pool {pool.Name}";
    }

    private static string Probes(BackendPoolState pool) =>
        pool.Settings.HealthCheck is { Type: not HealthCheckType.Off, Rise: > 1 and var rise } ? $"{rise} probes" : "a probe";

    private static string EarlyReturn(BackendEjected e) => e.IsUnreachable ? " It comes back earlier when a connection can be made." : "";

    private static string Warming(BackendPoolState pool, BackendEvent e) =>
        pool.Backends[e.Backend].WarmingSince != BackendStanding.NotWarming ? " Its traffic rises slowly." : "";

    private static string Trials(CircuitSettings settings) =>
        $"{settings.HalfOpenRequests} at once may try it, {settings.CloseAfter} successes close it, one failure opens it";

    private static string Words(AdministrationChanged e) =>
        e.State.ToString().ToLowerInvariant() + (e.Weight is { } weight ? $", weight {weight}" : "");

    private static string Seconds(long milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.#} s");
}
