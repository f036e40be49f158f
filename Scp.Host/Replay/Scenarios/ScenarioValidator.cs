using Scp.Actors.Discovery;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Syntax;
using Scp.Host.Replay.Results;

namespace Scp.Host.Replay.Scenarios;

/// <summary>Checks what only the whole scenario shows: names that lead nowhere, times after the end, forms that exclude each other.</summary>
internal sealed class ScenarioValidator
{
    private readonly ScenarioSettings _script;
    private readonly IReadOnlyList<HostSettings> _configurations;
    private readonly HoconObject _root;
    private readonly ConfigErrors _errors;

    private ScenarioValidator(
        ScenarioSettings script, IReadOnlyList<HostSettings> configurations, HoconObject root, ConfigErrors errors) =>
        (_script, _configurations, _root, _errors) = (script, configurations, root, errors);

    /// <param name="script">What is checked.</param>
    /// <param name="configurations">All that the proxy runs with in the scenario.</param>
    /// <param name="root">Where it was read from.</param>
    /// <param name="errors">Where mistakes go.</param>
    public static void Validate(
        ScenarioSettings script, IReadOnlyList<HostSettings> configurations, HoconObject root, ConfigErrors errors)
    {
        var validator = new ScenarioValidator(script, configurations, root, errors);
        validator.Backends();
        Each(script.Operations, "scenario.operations", validator.Operation);
        validator.Expectations();
        foreach (var (name, _) in configurations.SelectMany(c => c.Pools).Where(p => p.Value.Discovery.Type != DiscoveryType.Off))
            validator.Add($"scp.pools.{PathText.Element(name)}.discovery", "a scenario has no DNS: list the backends, and change them by a reload");
        if (script.Clients.Values.All(c => c.From >= script.Duration))
            validator.Add("scenario.clients", "no client sends anything before the end of the run");
    }

    private void Backends()
    {
        var known = _configurations.SelectMany(c => c.Pools.Values).SelectMany(p => p.Backends).ToList();
        foreach (var (name, backend) in _script.Backends)
        {
            var path = $"scenario.backends.{PathText.Element(name)}";
            var named = known.Where(b => (b.Name.Length > 0 ? b.Name : b.Address) == name).ToList();
            if (named.Count == 0) Add(path, $"no pool of the configuration has a backend named '{name}'");
            else if (named.TrueForAll(b => b.Address != backend.Address))
                Add($"{path}.address", $"the configuration has '{name}' at {named[0].Address}");
            if (!backend.Latency.IsOneForm) Add($"{path}.latency", "must be one of constant, from and to, mean, p50 and p99");
            if (backend.Latency is { P50: { } p50, P99: { } p99 } && (p50 <= TimeSpan.Zero || p99 < p50))
                Add($"{path}.latency", "p50 must be above 0 and p99 not below it");
            Each(backend.Changes, $"{path}.changes", (change, here) => InTime(change.At, here));
        }

        foreach (var twice in _script.Backends.GroupBy(b => b.Value.Address).Where(g => g.Count() > 1))
            Add("scenario.backends", $"{string.Join(" and ", twice.Select(b => b.Key))} share the address {twice.Key}");
    }

    private void Operation(Operation operation, Place here)
    {
        InTime(operation.At, here);
        var backend = operation.State is not null || operation.Weight is not null;
        var kinds = (backend ? 1 : 0) + (operation.Reload is not null ? 1 : 0) + (operation.Restart is not null ? 1 : 0);
        if (kinds != 1) Add(here, "must be one of: state or weight of a backend, reload, restart");
        if (backend != operation.Backend is not null) Add(here, "a backend goes with its new state or weight");
        if (operation.Backend is { } name) Known(name, here);
        if (operation.Pool is { } pool && !_configurations.Any(c => c.Pools.ContainsKey(pool))) Add(here, $"there is no pool '{pool}'");
        if (backend && operation.Pool is null && _configurations[0].Pools.Count > 1)
            Add(here, "there are several pools: name the one of the backend with pool");
    }

    private void Expectations()
    {
        const string Path = "scenario.expect";
        var expect = _script.Expect;
        Each(expect.Shares, $"{Path}.shares", (share, here) => Known(share.Backend, here));
        Each(expect.Traffic, $"{Path}.traffic", (traffic, here) => Known(traffic.Backend, here));
        Each(expect.Decisions, $"{Path}.decisions", Known);
        Each(expect.Moved, $"{Path}.moved", (moved, here) =>
        {
            InTime(moved.At, here);
            if (moved.Until <= moved.At) Add(here, "'until' must be later than 'at'");
        });
        Each(expect.Standings, $"{Path}.standings", (standing, here) =>
        {
            Known(standing.Backend, here);
            InTime(standing.By, here);
            if (standing.By <= standing.After) Add(here, "'by' must be later than 'after'");
        });
        Each(expect.Shares, $"{Path}.shares", Window);
        Each(expect.Failures, $"{Path}.failures", Window);
        Each(expect.Traffic, $"{Path}.traffic", Window);
        Each(expect.Latency, $"{Path}.latency", Window);
        Each(expect.Retries, $"{Path}.retries", Window);
        if (expect.Count == 0) Add(Path, "nothing is expected: such a run proves nothing");
    }

    private void Window(IWindow window, Place here)
    {
        if (window.From is { } from) InTime(from, here);
        if (window.Until is { } until && until <= (window.From ?? TimeSpan.Zero)) Add(here, "'until' must be later than 'from'");
    }

    private void Known(string backend, Place here)
    {
        if (!_script.Backends.ContainsKey(backend)) Add(here, $"there is no virtual backend '{backend}'");
    }

    private void InTime(TimeSpan at, Place here)
    {
        if (at > _script.Duration) Add(here, $"{Words.Seconds(at)} is after the end of the run");
    }

    private static void Each<T>(IReadOnlyList<T> entries, string path, Action<T, Place> check)
    {
        for (var i = 0; i < entries.Count; i++) check(entries[i], new Place(path, i));
    }

    private void Add(string path, string message) => Add(new Place(path, null), message);

    /// <summary>At the entry or key, or at the nearest key above it that was written.</summary>
    private void Add(Place here, string message)
    {
        var keys = PathText.Split(here.Path);
        var depth = keys.Count;
        HoconValue? value;
        while ((value = _root.Find(keys.Take(depth))) is null) depth--; // none is the root
        if (here.Index is { } index && value is HoconArray list && index < list.Items.Length)
            _errors.Add(list.Items[index].Origin, $"{here.Path}[{index}]", message);
        else _errors.Add(value.Origin, here.Path, message);
    }

    /// <summary>A key, or one entry of the list there.</summary>
    private readonly record struct Place(string Path, int? Index);
}
