using Scp.Actors.BackendPools;
using Scp.Actors.Connections;
using Scp.Actors.Health;
using Scp.Actors.Routing;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Binding;
using Scp.Host.Hocon.Syntax;
using Scp.Streams.Settings;

namespace Scp.Host.Configuration;

/// <summary>Checks what only the whole configuration shows: addresses, names that refer to each other, limits that contradict.</summary>
internal static class SettingsValidator
{
    /// <summary>Checks a whole configuration.</summary>
    public static void Validate(HostSettings settings, HoconObject root, ConfigErrors errors)
    {
        var found = new Findings(root, errors);
        Listeners(settings.Listeners, found);
        Pools(settings.Pools, found);
        Routes(settings.Routes, [.. settings.Pools.Keys], [.. settings.Listeners.Keys], found);
        Limits(settings, found);
        if (!settings.Forwarding.Pseudonym.All(IsTokenCharacter))
            found.Add("scp.forwarding.pseudonym", "must be a token: letters, digits and !#$%&'*+-.^_`|~");
        Telemetry(settings, found);
        if (PersistenceValidator.Validate(settings.Persistence) is { } wrong) found.Add(wrong.Path, wrong.Message);
    }

    /// <summary>Checks what can be checked when some section could not be bound, so that one mistake does not hide another.</summary>
    public static void ValidateSections(HoconObject root, ConfigErrors errors)
    {
        var found = new Findings(root, errors);
        if (Section<ListenersSection>() is { } listeners) Listeners(listeners.Listeners, found);
        if (Section<PoolsSection>() is { } pools) Pools(pools.Pools, found);
        if (Section<RoutesSection>() is { } routes) Routes(routes.Routes, Names("scp.pools"), Names("scp.listeners"), found);

        T? Section<T>()
            where T : class => SettingsBinder.Bind<T>(root, ConfigurationReader.Section, new ConfigErrors());

        string[] Names(string path) => root.TryFindObject(path, out var map) ? [.. map.Fields.Select(f => f.Key)] : [];
    }

    private sealed record ListenersSection(
        [property: Template("scp.defaults.listener")] IReadOnlyDictionary<string, ListenerSettings> Listeners);

    private sealed record PoolsSection([property: Template("scp.defaults.pool")] IReadOnlyDictionary<string, PoolSettings> Pools);

    private sealed record RoutesSection([property: Template("scp.defaults.route")] IReadOnlyDictionary<string, RouteSettings> Routes);

    private static void Routes(IReadOnlyDictionary<string, RouteSettings> routes, string[] pools, string[] listeners, Findings found)
    {
        foreach (var error in RouteValidator.Validate(routes, pools, listeners)) found.Add(error.Path, error.Message);
    }

    private static void Listeners(IReadOnlyDictionary<string, ListenerSettings> listeners, Findings found)
    {
        var taken = new Dictionary<string, string>();
        foreach (var (name, listener) in listeners)
        {
            var path = $"scp.listeners.{PathText.Element(name)}";
            if (!EndPointText.TryParse(listener.Bind, forListening: true, out _))
                found.Add(
                    $"{path}.bind",
                    $"'{listener.Bind}' is not an address to listen on: "
                    + "write \"127.0.0.1:8080\", \"[::1]:8080\", \"*:8080\" or \"unix:/run/scp.sock\"");
            else if (!listener.Bind.EndsWith(":0", StringComparison.Ordinal) && !taken.TryAdd(listener.Bind, name))
                found.Add($"{path}.bind", $"listener '{taken[listener.Bind]}' has the same address");
            if (!Networks.TryParse(listener.ProxyProtocolFrom, out _, out var wrong))
                found.Add($"{path}.proxy-protocol-from", NotANetwork(wrong));
            if (!Networks.TryParse(listener.TrustedProxies, out _, out wrong)) found.Add($"{path}.trusted-proxies", NotANetwork(wrong));
            if (listener is { ProxyProtocol: ProxyProtocolAcceptance.Required, ProxyProtocolFrom.Count: 0 })
                found.Add($"{path}.proxy-protocol", "required from nobody: name the networks in proxy-protocol-from");
        }
    }

    private static void Pools(IReadOnlyDictionary<string, PoolSettings> pools, Findings found)
    {
        foreach (var (name, pool) in pools)
        {
            var pathOfPool = $"scp.pools.{PathText.Element(name)}";
            if (pool.Retries.OnStatus.Any(s => s is < 400 or > 599))
                found.Add($"{pathOfPool}.retries.on-status", "must hold statuses of failures: 400 to 599");
            var path = $"{pathOfPool}.backends";
            DiscoveryValidator.Validate(pathOfPool, pool, found.Add);
            BalancingValidator.Validate(pathOfPool, pool, found);
            var names = new HashSet<string>();
            for (var i = 0; i < pool.Backends.Count; i++)
            {
                var backend = pool.Backends[i];
                if (!EndPointText.TryParse(backend.Address, forListening: false, out _))
                    found.Add(path, $"'{backend.Address}' is not an address of a backend: write {EndPointText.Forms}");
                var backendName = backend.Name.Length > 0 ? backend.Name : backend.Address;
                if (!names.Add(backendName)) found.Add(path, $"two backends are named '{backendName}'");
            }

            if (pool.AdaptiveConcurrency is var limit && (limit.Initial < limit.Minimum || limit.Initial > limit.Maximum))
                found.Add($"{pathOfPool}.adaptive-concurrency.initial", "must be between minimum and maximum");
            foreach (var (key, message) in HealthValidator.Check(pool)) found.Add($"{pathOfPool}.{key}", message);
            foreach (var (key, message) in AffinityValidator.Check(pool.Affinity)) found.Add($"{pathOfPool}.affinity.{key}", message);
        }
    }

    private static void Limits(HostSettings settings, Findings found)
    {
        var limits = settings.Limits;
        if (limits.RequestLine > limits.RequestHead)
            found.Add("scp.limits.request-line", "must not be larger than request-head, which contains it");
        if (limits.FieldLine > limits.RequestHead)
            found.Add("scp.limits.field-line", "must not be larger than request-head, which contains it");
    }

    private static void Telemetry(HostSettings settings, Findings found)
    {
        var buckets = settings.Metrics.DurationBuckets;
        if (buckets.Count == 0 || buckets.Zip(buckets.Skip(1)).Any(pair => pair.First >= pair.Second))
            found.Add("scp.metrics.duration-buckets", "must be at least one duration, each longer than the one before");
    }

    private static string NotANetwork(string text) =>
        $"'{text}' is not a network: write \"10.0.0.0/8\", \"192.0.2.7\", \"fd00::/8\" or \"unix\"";

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c);
}
