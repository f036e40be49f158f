using Scp.Host.Hocon;
using Scp.Host.Hocon.Syntax;

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
        validator.Operations();
        validator.Expectations();
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
            foreach (var change in backend.Changes) InTime(change.At, $"{path}.changes");
        }

        foreach (var twice in _script.Backends.GroupBy(b => b.Value.Address).Where(g => g.Count() > 1))
            Add("scenario.backends", $"{string.Join(" and ", twice.Select(b => b.Key))} share the address {twice.Key}");
    }

    private void Operations()
    {
        foreach (var operation in _script.Operations)
        {
            const string Path = "scenario.operations";
            InTime(operation.At, Path);
            var backend = operation.State is not null || operation.Weight is not null;
            var kinds = (backend ? 1 : 0) + (operation.Reload is not null ? 1 : 0) + (operation.Restart is not null ? 1 : 0);
            if (kinds != 1) Add(Path, "an operation is one of: state or weight of a backend, reload, restart");
            if (backend != operation.Backend is not null) Add(Path, "a backend goes with its new state or weight");
            if (operation.Backend is { } name) Known(name, Path);
            if (operation.Pool is { } pool && !_configurations.Any(c => c.Pools.ContainsKey(pool))) Add(Path, $"there is no pool '{pool}'");
            if (backend && operation.Pool is null && _configurations[0].Pools.Count > 1)
                Add(Path, "there are several pools: name the one of the backend with pool");
        }
    }

    private void Expectations()
    {
        var expect = _script.Expect;
        foreach (var share in expect.Shares) Known(share.Backend, "scenario.expect.shares");
        foreach (var traffic in expect.Traffic) Known(traffic.Backend, "scenario.expect.traffic");
        foreach (var name in expect.Decisions) Known(name, "scenario.expect.decisions");
        foreach (var standing in expect.Standings)
        {
            Known(standing.Backend, "scenario.expect.standings");
            InTime(standing.By, "scenario.expect.standings");
            if (standing.By <= standing.After) Add("scenario.expect.standings", "'by' must be later than 'after'");
        }

        foreach (var moved in expect.Moved) InTime(moved.At, "scenario.expect.moved");
        IEnumerable<(string, IEnumerable<IWindow>)> windows =
        [
            ("shares", expect.Shares), ("failures", expect.Failures), ("traffic", expect.Traffic), ("latency", expect.Latency),
            ("retries", expect.Retries),
        ];
        foreach (var (kind, all) in windows)
            foreach (var window in all) Window(window, $"scenario.expect.{kind}");
        if (expect.Decisions.Count == 0 && expect.Standings.Count == 0 && expect.Moved.Count == 0 && windows.All(w => !w.Item2.Any()))
            Add("scenario.expect", "nothing is expected: such a run proves nothing");
    }

    private void Window(IWindow window, string path)
    {
        if (window.From is { } from) InTime(from, path);
        if (window.Until is { } until && until <= (window.From ?? TimeSpan.Zero)) Add(path, "'until' must be later than 'from'");
    }

    private void Known(string backend, string path)
    {
        if (!_script.Backends.ContainsKey(backend)) Add(path, $"there is no virtual backend '{backend}'");
    }

    private void InTime(TimeSpan at, string path)
    {
        if (at > _script.Duration) Add(path, $"{at} is after the end of the run");
    }

    private void Add(string path, string message)
    {
        var keys = PathText.Split(path);
        var depth = keys.Count;
        HoconValue? value;
        while ((value = _root.Find(keys.Take(depth))) is null) depth--; // none is the root
        _errors.Add(value.Origin, path, message);
    }
}
