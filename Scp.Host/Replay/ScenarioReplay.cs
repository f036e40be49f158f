using Akka.Actor;
using Scp.Actors.BackendPools;
using Scp.Host.Replay.Network;
using Scp.Host.Replay.Results;
using Scp.Host.Replay.Scenarios;
using Scp.Host.Replay.Time;
using Scp.Streams.Balancing;
using Scp.Streams.Limits;

namespace Scp.Host.Replay;

/// <summary>
/// Runs a scenario: starts a proxy on a machine of its own, lets clients, backends and the operator do what the scenario says, and compares
/// what came of it with what was expected. The same scenario and seed give the same result, to the byte.
/// </summary>
internal sealed class ScenarioReplay
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Scenario _scenario;
    private readonly ReplaySystem _system;
    private readonly VirtualNetwork _network;
    private readonly RunRecord _record;
    private readonly SnapshotWatch _watch;
    private readonly MemoryJournal _journal = new();
    private readonly ulong _seed;
    private readonly Random _random;
    private ReplayProxy _proxy;

    private ScenarioReplay(Scenario scenario, long seed, ReplaySystem system)
    {
        (_scenario, _seed, _system) = (scenario, (ulong)seed, system);
        _network = new VirtualNetwork(system.Loop);
        _record = new RunRecord(system.Loop);
        _watch = new SnapshotWatch(system.Loop, _record);
        _random = new Random(unchecked((int)RandomOf("proxy").Next()));
        _proxy = new ReplayProxy(system, scenario.Proxy, _network, _journal, _record, _random);
        system.Loop.Settled = () => _watch.Look(_proxy.Pools);
    }

    private ScenarioSettings Script => _scenario.Script;

    private VirtualLoop Loop => _system.Loop;

    /// <summary>Runs a scenario on an actor system of its own.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="seed">Another seed than the scenario's own, or null.</param>
    public static ReplayResult Run(Scenario scenario, long? seed = null)
    {
        using var system = ActorSystem.Create("replay", ReplaySystem.Config);
        try
        {
            return Run(scenario, seed, system);
        }
        finally
        {
            system.Terminate().Wait(StopLimit);
        }
    }

    /// <summary>Runs a scenario on an actor system that was made with <see cref="ReplaySystem.Config"/>.</summary>
    public static ReplayResult Run(Scenario scenario, long? seed, ActorSystem system)
    {
        using var replay = ReplaySystem.Over(system);
        return new ScenarioReplay(scenario, seed ?? scenario.Script.Seed, replay).Run(seed ?? scenario.Script.Seed);
    }

    private ReplayResult Run(long seed)
    {
        var clock = new Clock(_system.Time);
        var explanations = new Explanations(
            Loop, Script, () => [.. _proxy.Pools.Values.SelectMany(p => DecisionTrace.Of(p.Current, clock.Now))]);
        _record.Failed = explanations.OnFailed;
        _record.Attempted = explanations.OnAttempt;
        foreach (var (name, backend) in Script.Backends) Start(name, backend);
        foreach (var operation in Script.Operations) Loop.At(operation.At.Ticks, () => Perform(operation));
        foreach (var (client, number) in Script.Clients.Values.Select((c, i) => (c, i))) Start(client, number);
        Loop.RunUntil(Script.Duration);
        var verdicts = new ExpectationCheck(_record, Script, explanations.Kept).All();
        var result = ResultTables.Build(_record, Script, seed, verdicts, Loop);
        _proxy.Kill();
        Loop.Drain();
        return result;
    }

    private void Start(string name, BackendScript script)
    {
        var backend = new VirtualBackend(name, script, Loop, RandomOf($"backend {name}"), _record);
        _network.Add(backend);
        foreach (var change in script.Changes) Schedule(backend, change, change.At);
    }

    private void Schedule(VirtualBackend backend, BackendChange change, TimeSpan at)
    {
        if (at > Script.Duration) return;
        Loop.At(at.Ticks, () =>
        {
            _record.Note("backend", $"{backend.Name}: {change.Text}");
            backend.Change(change);
        });
        if (change.Every > TimeSpan.Zero) Schedule(backend, change, at + change.Every);
    }

    private void Start(ClientScript script, int number)
    {
        var random = RandomOf($"client {number}");
        new VirtualClient(script, number, Loop, random, (peer, address) => _proxy.Connect(peer, address), _record).Start(Script.Duration);
    }

    private void Perform(Operation operation)
    {
        _record.Note("operator", operation.Text);
        if (operation.Reload is not null) _proxy.Apply(_scenario.Reloads[operation]);
        else if (operation.Restart is { } restart) RestartProxy(operation, restart);
        else
        {
            var pool = operation.Pool ?? _proxy.Pools.Keys.First();
            _proxy.Administer(new AdministerBackend(pool, operation.Backend!, operation.State, operation.Weight));
        }
    }

    /// <summary>Killed and started again in the same moment, with the configuration in force.</summary>
    private void RestartProxy(Operation operation, Restart restart)
    {
        if (restart == Restart.Forgets) _journal.Clear();
        var settings = Script.Operations.Where(o => o.At <= operation.At && o.Reload is not null).OrderBy(o => o.At)
            .Select(o => _scenario.Reloads[o]).LastOrDefault(_scenario.Proxy);
        var killed = _proxy;
        _proxy = new ReplayProxy(_system, settings, _network, _journal, _record, _random);
        _watch.Forget();
        killed.Kill(); // its clients find the new one
    }

    /// <summary>A stream of randomness for each part, so that one more client changes nothing for the others.</summary>
    private PickRandom RandomOf(string part)
    {
        var hash = 14695981039346656037UL ^ _seed; // FNV-1a: the same in every process, unlike string.GetHashCode
        foreach (var c in part) hash = (hash ^ c) * 1099511628211UL;
        var random = new PickRandom(hash);
        random.Next();
        return random;
    }
}
