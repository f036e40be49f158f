using Scp.Streams.Dispatch;

namespace Scp.Streams.Balancing;

/// <summary>Writes down what a decision does on its way.</summary>
public readonly struct ExplainingPick() : IPickTracer
{
    private readonly Dictionary<Backend, Exclusion> _sessions = [];
    private readonly List<PoolTier> _tiers = [];
    private readonly List<Backend> _leftToWarm = [];

    /// <summary>The tiers that were asked, in order.</summary>
    public IReadOnlyList<PoolTier> Tiers => _tiers;

    /// <summary>Backends that were named and left alone.</summary>
    public IReadOnlyList<Backend> Warming => _leftToWarm;

    /// <summary>Whether the backend of the session was refused; <paramref name="exclusion"/> is None when it is busy or was tried.</summary>
    public bool HasRefused(Backend session, out Exclusion exclusion) => _sessions.TryGetValue(session, out exclusion);

    public void SessionRefused(Backend backend, Exclusion exclusion) => _sessions[backend] = exclusion;

    public void TierChosen(PoolTier tier) => _tiers.Add(tier);

    public void LeftToWarm(Backend backend) => _leftToWarm.Add(backend);
}
