using System.Globalization;
using Akka.Configuration;
using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>What the deployment of a <see cref="BackendGroup"/> says below <c>scp</c>.</summary>
/// <param name="LoadBalancing">Name of a policy.</param>
/// <param name="Weights">For each path, 1 to 1000; empty when all are alike.</param>
/// <param name="Hash">For policies that hash; the key comes from the message.</param>
public sealed record RouterSettings(string LoadBalancing, IReadOnlyList<int> Weights, HashSettings Hash)
{
    private const int MaxWeight = 1000;

    /// <exception cref="ConfigurationException">A value is missing or wrong; the message names the key.</exception>
    public static RouterSettings Read(Config deployment)
    {
        var name = deployment.GetString("scp.load-balancing", "");
        if (!Policies.Names.Contains(name))
            throw new ConfigurationException($"scp.load-balancing: must be one of {string.Join(", ", Policies.Names)}; not '{name}'");
        var weights = deployment.GetIntList("scp.weights").ToArray();
        var paths = deployment.GetStringList("routees.paths").Count;
        if (weights.Length > 0 && weights.Length != paths)
            throw new ConfigurationException($"scp.weights: {weights.Length} weights for {paths} routees.paths");
        if (weights.Any(w => w is < 1 or > MaxWeight)) throw new ConfigurationException($"scp.weights: must be from 1 to {MaxWeight}");
        var hash = new HashSettings
        {
            Key = HashKeySource.Header, // not asked: a message brings its key
            Name = "",
            BoundedLoad = ReadBound(deployment.GetString("scp.hash.bounded-load", "")),
            RingPoints = deployment.GetInt("scp.hash.ring-points"),
        };
        if (hash.RingPoints is < 1 or > 10000) throw new ConfigurationException("scp.hash.ring-points: must be from 1 to 10000");
        return new RouterSettings(name, weights, hash);
    }

    private static double? ReadBound(string text)
    {
        if (text is "off" or "false") return null;
        return double.TryParse(text, CultureInfo.InvariantCulture, out var bound) && bound is >= 1 and <= 100
            ? bound
            : throw new ConfigurationException($"scp.hash.bounded-load: must be from 1 to 100, or off; not '{text}'");
    }
}
