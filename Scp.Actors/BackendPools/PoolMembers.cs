namespace Scp.Actors.BackendPools;

/// <summary>Who is in a pool: what its settings list, and what name resolution found beside them.</summary>
public static class PoolMembers
{
    /// <summary>A listed backend wins over a resolved one of the same name or address.</summary>
    public static IReadOnlyList<BackendSettings> Of(IReadOnlyList<BackendSettings> listed, IReadOnlyList<BackendSettings> resolved)
    {
        if (resolved.Count == 0) return listed;
        var taken = listed.SelectMany(b => new[] { b.Name, b.Address }).ToHashSet(StringComparer.Ordinal);
        return [.. listed, .. resolved.Where(b => !taken.Contains(b.Address))];
    }
}
