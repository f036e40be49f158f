namespace Scp.Host.Admin;

/// <summary>The names in "/pools/{pool}" and "/pools/{pool}/backends/{backend}".</summary>
/// <param name="Pool">Null for all pools.</param>
/// <param name="Backend">Null for all of the pool.</param>
internal sealed record PoolPath(string? Pool, string? Backend)
{
    /// <summary>
    /// Reads it out of the request target as it came: names are split before they are decoded, so that one may hold "/" (as %2F) and
    /// anything else.
    /// </summary>
    public static bool TryParse(string rawTarget, out PoolPath path)
    {
        path = new PoolPath(null, null);
        var target = rawTarget.Split('?')[0];
        if (!target.StartsWith('/')) target = Uri.TryCreate(target, UriKind.Absolute, out var absolute) ? absolute.AbsolutePath : "";
        var names = target.Split('/').Skip(1).Select(Uri.UnescapeDataString).ToList();
        if (names.Count > 1 && names[^1].Length == 0) names.RemoveAt(names.Count - 1);
        switch (names)
        {
            case ["pools"]: return true;
            case ["pools", var pool]:
                path = new PoolPath(pool, null);
                return true;
            case ["pools", var pool, "backends", var backend]:
                path = new PoolPath(pool, backend);
                return true;
            default: return false;
        }
    }
}
