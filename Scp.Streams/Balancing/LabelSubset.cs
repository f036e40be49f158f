namespace Scp.Streams.Balancing;

/// <summary>Labels that a backend must carry, all of them. One object for each route, so that pools can cache by it.</summary>
/// <param name="Labels">Name and value.</param>
/// <param name="FallsBackToAll">When no backend of the pool carries them: all of the pool, instead of none.</param>
public sealed record LabelSubset(IReadOnlyDictionary<string, string> Labels, bool FallsBackToAll)
{
    public bool Includes(BackendStanding standing)
    {
        foreach (var (name, value) in Labels)
            if (!standing.Labels.TryGetValue(name, out var own) || own != value) return false;
        return true;
    }

    public bool Equals(LabelSubset? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
