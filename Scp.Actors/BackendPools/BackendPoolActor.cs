using Akka.Actor;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Telemetry;

namespace Scp.Actors.BackendPools;

/// <summary>
/// Owns the membership of one pool: publishes its snapshot to the cell that routes hold, and supervises one <see cref="BackendActor"/>
/// for each backend.
/// </summary>
public sealed class BackendPoolActor(string name, PoolCell cell, Clock clock, Func<string, string, UpstreamMetrics?> metrics) : UntypedActor
{
    private readonly Dictionary<Backend, IActorRef> _backends = [];

    protected override void PreStart() => Supervise(cell.Current);

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
        if (message is PoolChanged changed)
        {
            var snapshot = PoolSnapshots.Build(name, changed.Settings, metrics, cell.Current);
            cell.Publish(snapshot);
            Supervise(snapshot);
        }
        else Unhandled(message);
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
