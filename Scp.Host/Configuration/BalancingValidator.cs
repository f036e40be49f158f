using Scp.Actors.BackendPools;
using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;

namespace Scp.Host.Configuration;

/// <summary>Checks that what a pool says of balancing fits its policy.</summary>
internal static class BalancingValidator
{
    public static void Validate(string path, PoolSettings pool, Findings found)
    {
        if (pool.LoadBalancing is RingHashPolicy.PolicyName or MaglevPolicy.PolicyName) Key($"{path}.hash", pool.Hash, found);
        else if (found.IsWritten($"{path}.hash"))
            found.Add($"{path}.hash", $"{pool.LoadBalancing} hashes nothing: take it out, or set load-balancing to ring-hash or maglev");

        if (pool.LoadBalancing == MaglevPolicy.PolicyName && found.IsWritten($"{path}.hash.ring-points"))
            found.Add($"{path}.hash.ring-points", "maglev has a table of fixed size; only ring-hash has points");
    }

    private static void Key(string path, HashSettings hash, Findings found)
    {
        var needsName = hash.Key is HashKeySource.Header or HashKeySource.Cookie;
        if (needsName && hash.Name.Length == 0)
            found.Add($"{path}.name", hash.Key == HashKeySource.Header ? "must name the header to hash" : "must name the cookie to hash");
        else if (hash.Key is HashKeySource.ClientAddress or HashKeySource.Path && hash.Name.Length > 0)
            found.Add($"{path}.name", "means something only for a header, a cookie or a query parameter");
    }
}
