using Akka.Actor;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;

namespace Scp.Actors.BackendPools;

/// <summary>
/// One backend of a pool: closes idle connections that are too old. It may be restarted at any time; closing all of them for good is up to
/// the pool, which knows whether the backend is gone.
/// </summary>
public sealed class BackendActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Backend _backend;
    private readonly Clock _clock;
    private TimeSpan _idleTimeout;

    public BackendActor(Backend backend, Clock clock, TimeSpan idleTimeout)
    {
        _backend = backend;
        _clock = clock;
        _idleTimeout = idleTimeout;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("sweep", Sweep.Instance, SweepInterval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Sweep: _backend.Connections.CloseExpired(_clock.Now, _idleTimeout); break;
            case IdleTimeoutChanged changed: _idleTimeout = changed.IdleTimeout; break;
            default: Unhandled(message); break;
        }
    }

    private sealed class Sweep : INoSerializationVerificationNeeded
    {
        public static readonly Sweep Instance = new();
    }
}

/// <summary>The pool's idle timeout changed by a reload.</summary>
public sealed record IdleTimeoutChanged(TimeSpan IdleTimeout) : INoSerializationVerificationNeeded;
