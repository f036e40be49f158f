using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Routing;
using Akka.Util;
using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// A group router of Akka that picks by one of our policies, for deployment in HOCON:
/// <code>
/// akka.actor.deployment {
///   /workers {
///     router = scp-backend-group
///     routees.paths = ["/user/one", "/user/two"]
///     scp { load-balancing = weighted-round-robin, weights = [3, 1] }
///   }
/// }
/// </code>
/// See <see cref="PolicyRoutingLogic"/> for what load and key of a message are.
/// </summary>
public sealed class BackendGroup : Group
{
    /// <summary>The alias, and what a deployment begins with: the same defaults as those of scp.pools.</summary>
    public const string Hocon = """
        akka.actor {
          router.type-mapping.scp-backend-group = "Scp.Actors.LoadBalancing.BackendGroup, Scp.Actors"
          deployment.default.scp {
            load-balancing = power-of-two
            # One for each of routees.paths, 1 to 1000; none at all is 1 for each.
            weights = []
            hash { bounded-load = 1.25, ring-points = 100 }
          }
        }
        """;

    private readonly RouterSettings _settings;

    /// <exception cref="ConfigurationException">The message names the key that is wrong.</exception>
    public BackendGroup(Config config)
        : this(config.GetStringList("routees.paths"), RouterSettings.Read(config))
    {
    }

    public BackendGroup(IEnumerable<string> paths, RouterSettings settings)
        : base(paths, Dispatchers.DefaultDispatcherId) => _settings = settings;

    public override Router CreateRouter(ActorSystem system)
    {
        var policy = Policies.Create(_settings.LoadBalancing, _settings.Hash);
        var weights = InternalPaths.Zip(_settings.Weights).ToDictionary(p => p.First, p => p.Second);
        var seed = StableHash.Mix((ulong)system.StartTime.Ticks ^ StableHash.Of(system.Name));
        return new Router(new PolicyRoutingLogic(policy, weights, system.Scheduler, seed));
    }

    public override IEnumerable<string> GetPaths(ActorSystem system) => InternalPaths;

    public override ISurrogate ToSurrogate(ActorSystem system) => new Surrogate([.. InternalPaths], _settings);

    private sealed record Surrogate(string[] Paths, RouterSettings Settings) : ISurrogate
    {
        public ISurrogated FromSurrogate(ActorSystem system) => new BackendGroup(Paths, Settings);
    }
}
