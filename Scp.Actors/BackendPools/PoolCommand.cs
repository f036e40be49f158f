using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>What <see cref="BackendPoolState.Decide"/> is asked.</summary>
public abstract record PoolCommand;

/// <summary>The settings of the pool and all its members, listed and resolved.</summary>
public sealed record MembersChanged(PoolSettings Settings, IReadOnlyList<BackendSettings> Members) : PoolCommand;

/// <summary>A probe passed.</summary>
public sealed record ProbePassed(string Backend) : PoolCommand;

/// <summary>A probe failed, and why.</summary>
public sealed record ProbeFailed(string Backend, string Reason) : PoolCommand;

/// <summary>The data plane has counted attempts since it was asked last.</summary>
/// <param name="Backend">Where.</param>
/// <param name="Tally">How many.</param>
/// <param name="ConsecutiveFailures">Failures since the last success, now.</param>
/// <param name="LastFailure">How the last of them came about.</param>
public sealed record OutcomesObserved(string Backend, OutcomeTally Tally, int ConsecutiveFailures, AttemptOutcome LastFailure)
    : PoolCommand;

/// <summary>Time has passed.</summary>
public sealed record TimePassed : PoolCommand
{
    public static readonly TimePassed Instance = new();
}

/// <summary>An operator changes a backend: see <see cref="AdministerBackend"/>.</summary>
public sealed record Administer(string Backend, AdministrativeState? State, int? Weight) : PoolCommand;

/// <summary>What was remembered of backends, of this pool and of others.</summary>
public sealed record RecallStandings(IReadOnlyList<RememberedBackend> Backends) : PoolCommand;
