using Akka.Actor;
using Akka.Configuration;
using Scp.Actors.EventDispatch;

namespace Scp.Host.Replay.Time;

/// <summary>An actor system that is driven by the calling thread, in virtual time, until this is disposed.</summary>
internal sealed class ReplaySystem : IDisposable
{
    /// <summary>What makes an actor system one: its scheduler, and this dispatcher in the place of all others.</summary>
    public static readonly Config Config = ConfigurationFactory.ParseString($$"""
        akka {
          loggers = []
          loglevel = WARNING
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          scheduler.implementation = "{{typeof(VirtualScheduler).AssemblyQualifiedName}}"
          actor.default-dispatcher { type = "{{Dispatcher}}", throughput = 100 }
          actor.internal-dispatcher { type = "{{Dispatcher}}", throughput = 100 }
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
            exit-clr = off
          }
        }
        {{InlineDispatcher.Path}} { type = "{{Dispatcher}}", throughput = 100 }
        """);

    private ReplaySystem(ActorSystem system)
    {
        Actors = system;
        Loop = ((VirtualScheduler)system.Scheduler).Loop;
        Time = new VirtualTime(Loop);
    }

    public ActorSystem Actors { get; }

    public VirtualLoop Loop { get; }

    public VirtualTime Time { get; }

    private static string Dispatcher => typeof(ReplayDispatcherConfigurator).AssemblyQualifiedName!;

    /// <summary>Takes over an actor system that was made with <see cref="Config"/>; stopping it remains with whoever made it.</summary>
    public static ReplaySystem Over(ActorSystem system)
    {
        var replay = new ReplaySystem(system);
        replay.Loop.Drive();
        replay.Loop.Drain();
        return replay;
    }

    public void Dispose() => Loop.Release();
}
