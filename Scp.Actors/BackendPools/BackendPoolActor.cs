using Akka.Actor;
using Scp.Actors.Discovery;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Telemetry;

namespace Scp.Actors.BackendPools;

/// <summary>
/// Owns the membership of one pool: publishes its snapshot to the cell that routes hold, supervises one <see cref="BackendActor"/>
/// for each backend, and a <see cref="DiscoveryActor"/> when members come from DNS.
/// </summary>
public sealed class BackendPoolActor(
    string name, PoolSettings settings, PoolCell cell, Clock clock, Func<string, string, UpstreamMetrics?> metrics,
    Func<DiscoverySettings, Props> discovery) : UntypedActor
{
    private readonly Dictionary<Backend, IActorRef> _backends = [];
    private PoolSettings _settings = settings;
    private IReadOnlyList<BackendSettings> _resolved = [];
    private IActorRef _discovery = ActorRefs.Nobody;

    protected override void PreStart()
    {
        Discover();
        Supervise(cell.Current);
    }

    /// <summary>
    /// A restart is not the end of the pool: its backends stay, and with them their idle connections. Only those go that a change had
    /// removed when it failed.
    /// </summary>
    protected override void PreRestart(Exception reason, object message)
    {
        foreach (var child in Context.GetChildren()) Context.Stop(child);
        foreach (var backend in _backends.Keys.Except(cell.Current.Backends)) backend.Connections.CloseAll();
    }

    /// <summary>The pool is gone: exchanges under way finish, idle connections close.</summary>
    protected override void PostStop()
    {
        foreach (var backend in _backends.Keys) backend.Connections.CloseAll();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PoolChanged changed: Change(changed.Settings); break;
            case MembersResolved resolved: Take(resolved.Members); break;
            case AwaitFirstAnswer: Answer(message); break;
            default: Unhandled(message); break;
        }
    }

    private void Change(PoolSettings settings)
    {
        _settings = settings;
        Discover();
        Publish();
    }

    private void Take(IReadOnlyList<BackendSettings> resolved)
    {
        _resolved = resolved;
        Publish();
    }

    private void Publish()
    {
        var members = _settings with { Backends = PoolMembers.Of(_settings.Backends, _resolved) };
        var snapshot = PoolSnapshots.Build(name, members, metrics, cell.Current);
        cell.Publish(snapshot);
        Supervise(snapshot);
    }

    private void Discover()
    {
        if (_settings.Discovery.Type == DiscoveryType.Off)
        {
            _resolved = [];
            Context.Stop(_discovery);
            _discovery = ActorRefs.Nobody;
        }
        else if (_discovery.IsNobody()) _discovery = Context.ActorOf(discovery(_settings.Discovery), ActorPaths.FreeName(Context, "discovery"));
        else _discovery.Tell(new DiscoveryChanged(_settings.Discovery));
    }

    private void Answer(object message)
    {
        if (_discovery.IsNobody()) Sender.Tell(FirstAnswerKnown.Instance);
        else _discovery.Forward(message);
    }

    private void Supervise(PoolSnapshot snapshot)
    {
        foreach (var (backend, actor) in _backends.Where(b => !snapshot.Backends.Contains(b.Key)).ToList())
        {
            Context.Stop(actor);
            backend.Connections.CloseAll(); // exchanges under way finish
            _backends.Remove(backend);
        }

        foreach (var backend in snapshot.Backends)
        {
            if (_backends.TryGetValue(backend, out var known)) known.Tell(new IdleTimeoutChanged(snapshot.Upstream.IdleTimeout));
            else
            {
                var props = Props.Create(() => new BackendActor(backend, clock, snapshot.Upstream.IdleTimeout));
                _backends[backend] = Context.ActorOf(props, ActorPaths.FreeName(Context, backend.Name));
            }
        }
    }
}
