namespace Scp.Streams.Balancing;

/// <summary>What a pool's configuration says about who may be picked, beside the policy.</summary>
/// <param name="Tiers">How tiers share the traffic.</param>
/// <param name="SlowStart">How the traffic of a backend that came back rises.</param>
/// <param name="FailsWithoutSession">
/// A request whose session's backend is gone fails instead of going to another one, and waits while that is busy.
/// </param>
public sealed record BalancingRules(TierRules Tiers, SlowStart SlowStart, bool FailsWithoutSession)
{
    public static readonly BalancingRules Default = new(TierRules.Default, SlowStart.Off, FailsWithoutSession: false);

    /// <summary>What policies that hash take as the key of a request; null when the policy hashes nothing.</summary>
    public HashKey? HashKey { get; init; }

    /// <summary>Keeps sessions together; null when it is off.</summary>
    public SessionAffinity? Affinity { get; init; }
}
