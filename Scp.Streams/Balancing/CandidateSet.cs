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
        Standings = [.. standings];
        Backends = [.. standings.Select(s => s.Backend)];
        Weights = [.. standings.Select(s => Math.Max(1, s.Weight))]; // 0 is excluded before
        _limits = [.. standings.Select(s => s.RequestLimit)];
        _warmingSince = [.. standings.Select(s => s.WarmingSince)];
        _slowStart = slowStart;
        _hasLimits = _limits.Any(l => l != int.MaxValue);
        HasWarming = slowStart.IsOn && _warmingSince.Any(w => w != BackendStanding.NotWarming);
        HasWeights = Weights.Distinct().Skip(1).Any();
        Prepared = policy.Prepare(this);
    }

    public BackendStanding[] Standings { get; }

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

    /// <summary>
    /// A random one of those that are open, by weight, or -1: looks at all of them, for policies whose own choice was not open.
    /// </summary>
    public int RandomOpen(in TriedBackends tried, PickRandom random)
    {
        var open = 0L;
        for (var i = 0; i < Backends.Length; i++)
            if (IsOpen(i, tried)) open += Weights[i];
        if (open == 0) return -1;

        var draw = (long)(random.NextDouble() * open);
        var last = -1;
        for (var i = 0; i < Backends.Length; i++)
        {
            if (!IsOpen(i, tried)) continue;
            last = i; // others fill up meanwhile: then the last that was still open
            draw -= Weights[i];
            if (draw < 0) break;
        }

        return last;
    }

    /// <summary>The share of its usual traffic that a candidate gets now, above 0 to 1.</summary>
    public double WarmthOf(int index, long now) =>
        _warmingSince[index] == BackendStanding.NotWarming ? 1 : _slowStart.WarmthAt(now - _warmingSince[index]);
}
