using Scp.Actors.Health;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>
/// What a pool's actor owns and what outlives its restarts: the state is a value that only a command carried out to its end replaces.
/// </summary>
public sealed class OwnedPool
{
    /// <param name="name">Of the pool.</param>
    /// <param name="settings">In force.</param>
    /// <param name="environment">What pools get from outside.</param>
    /// <param name="remembered">What is remembered from before a restart, as far as it is known already.</param>
    public OwnedPool(string name, PoolSettings settings, PoolEnvironment environment, IReadOnlyList<RememberedBackend>? remembered = null)
    {
        var now = environment.Clock.Now;
        State = BackendPoolState.Start(name, settings, now);
        State = State.After(State.Decide(new RecallStandings(remembered ?? []), now));
        Listed = settings.Backends;
        Cell = new PoolCell(PoolSnapshots.Build(State, environment.Metrics, null));
    }

    public string Name => State.Name;

    /// <summary>What requests read.</summary>
    public PoolCell Cell { get; }

    /// <summary>The pool as its actor left it. Touched by that actor only.</summary>
    internal BackendPoolState State { get; set; }

    /// <summary>Members that the settings list.</summary>
    internal IReadOnlyList<BackendSettings> Listed { get; set; }

    /// <summary>Members that name resolution found.</summary>
    internal IReadOnlyList<BackendSettings> Resolved { get; set; } = [];

    internal IReadOnlyList<BackendSettings> Members => PoolMembers.Of(Listed, Resolved);

    /// <summary>What was read of the counters of each backend so far.</summary>
    internal Dictionary<Backend, OutcomeTally> Observed { get; } = [];
}
