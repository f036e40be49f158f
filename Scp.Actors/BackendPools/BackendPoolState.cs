using System.Collections.Immutable;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>
/// Everything that is known of one pool: a value. <see cref="Decide"/> says what a command leads to, <see cref="Apply"/> what the pool
/// looks like after it. Pure: time comes with the command. What leads where is printed as a table in README.md.
/// </summary>
/// <param name="Name">Of the pool.</param>
/// <param name="Settings">In force.</param>
/// <param name="Order">Names of the members, in configured order.</param>
/// <param name="Backends">The members by name.</param>
/// <param name="Circuit">Of the pool as a whole.</param>
/// <param name="Remembered">What is remembered of backends that are not members now.</param>
public sealed partial record BackendPoolState(
    string Name, PoolSettings Settings, ImmutableArray<string> Order, ImmutableDictionary<string, BackendState> Backends,
    CircuitBreaker Circuit, ImmutableDictionary<string, RememberedBackend> Remembered)
{
    /// <summary>The pool as the configuration describes it, before anything is known of its backends.</summary>
    public static BackendPoolState Start(string name, PoolSettings settings, long now)
    {
        var empty = new BackendPoolState(
            name, settings, [], ImmutableDictionary<string, BackendState>.Empty, CircuitBreaker.Closed,
            ImmutableDictionary<string, RememberedBackend>.Empty);
        return empty.After(empty.Decide(new MembersChanged(settings, settings.Backends), now));
    }

    /// <summary>What the command leads to now; empty when to nothing.</summary>
    public IReadOnlyList<PoolEvent> Decide(PoolCommand command, long now) => command switch
    {
        MembersChanged changed => MembershipRules.Decide(this, changed, now),
        ProbePassed passed => Of(passed.Backend, b => ProbeRules.OnPassed(this, b, now)),
        ProbeFailed failed => Of(failed.Backend, b => ProbeRules.OnFailed(this, b, failed.Reason, now)),
        OutcomesObserved observed => Of(observed.Backend, b => OutcomeRules.Decide(this, b, observed, now)),
        TimePassed => TimeRules.Decide(this, now),
        Administer administer => Of(administer.Backend, b => AdministrationRules.Decide(b, administer, now)),
        RecallStandings recall => RecallRules.Decide(this, recall, now),
        _ => throw new ArgumentException($"{command.GetType().Name} is no command of a pool.", nameof(command)),
    };

    /// <summary>The pool after all of these.</summary>
    public BackendPoolState After(IEnumerable<PoolEvent> events) => events.Aggregate(this, (state, happened) => state.Apply(happened));

    /// <summary>How long a slow start takes; zero or less is off.</summary>
    public TimeSpan SlowStart => Settings.SlowStart.Window;

    /// <summary>Some circuit is half open: its few requests decide.</summary>
    public bool HasHalfOpenCircuit =>
        Circuit.State == CircuitState.HalfOpen || Backends.Values.Any(b => b.Circuit.State == CircuitState.HalfOpen);

    /// <summary>Failures in a row of which the pool must hear at once; <see cref="int.MaxValue"/> is none.</summary>
    public int AlarmThresholdOf(string backend) =>
        Circuit.State == CircuitState.HalfOpen || Backends[backend].Circuit.State == CircuitState.HalfOpen ? 1
        : Settings.Outlier.Enabled ? Settings.Outlier.ConsecutiveFailures
        : int.MaxValue;

    private IReadOnlyList<PoolEvent> Of(string backend, Func<BackendState, IReadOnlyList<PoolEvent>> decide) =>
        Backends.TryGetValue(backend, out var known) ? decide(known) : []; // it left while the command was on its way
}
