using Scp.Streams.Dispatch;

namespace Scp.Streams.Balancing;

/// <summary>
/// The backends that one tier offers to a policy, with what the policy has prepared for them. Immutable but for the loads that the
/// backends themselves count.
/// </summary>
public sealed class CandidateSet
{
    private readonly int[] _limits;
    private readonly long[] _warmingSince;
    private readonly SlowStart _slowStart;
    private readonly bool _hasLimits;

    public CandidateSet(IReadOnlyList<BackendStanding> standings, ILoadBalancingPolicy policy, SlowStart slowStart)
    {
        Standings = standings;
        Backends = [.. standings.Select(s => s.Backend)];
        Weights = [.. standings.Select(s => Math.Max(1, s.Weight))]; // 0 comes here in a panic only, and then all are equal to it
        _limits = [.. standings.Select(s => s.RequestLimit)];
        _warmingSince = [.. standings.Select(s => s.WarmingSince)];
        _slowStart = slowStart;
        _hasLimits = _limits.Any(l => l != int.MaxValue);
        HasWarming = slowStart.IsOn && _warmingSince.Any(w => w != BackendStanding.NotWarming);
        HasWeights = Weights.Distinct().Skip(1).Any();
        Prepared = policy.Prepare(this);
    }

    public IReadOnlyList<BackendStanding> Standings { get; }

    public Backend[] Backends { get; }

    /// <summary>At least 1 each.</summary>
    public int[] Weights { get; }

    /// <summary>Weights differ.</summary>
    public bool HasWeights { get; }

    /// <summary>Some candidate may be in its slow start.</summary>
    public bool HasWarming { get; }

    public int Count => Backends.Length;

    /// <summary>What <see cref="ILoadBalancingPolicy.Prepare"/> returned.</summary>
    public object? Prepared { get; }

    /// <summary>Whether a policy may choose it: it was not tried and has room for one request more.</summary>
    public bool IsOpen(int index, in TriedBackends tried) => HasRoom(index) && (tried.Count == 0 || !tried.Contains(Backends[index]));

    /// <summary>Whether it is below its limit of requests at once.</summary>
    public bool HasRoom(int index) => !_hasLimits || Backends[index].ActiveExchanges < _limits[index];

    /// <summary>The share of its usual traffic that a candidate gets now, above 0 to 1.</summary>
    public double WarmthOf(int index, long now) =>
        _warmingSince[index] == BackendStanding.NotWarming ? 1 : _slowStart.WarmthAt(now - _warmingSince[index]);
}
