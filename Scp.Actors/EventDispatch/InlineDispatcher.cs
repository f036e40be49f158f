using Akka.Configuration;
using Akka.Dispatch;
using Scp.Streams.Transport;

namespace Scp.Actors.EventDispatch;

/// <summary>Makes the <see cref="InlineDispatcher"/> out of its HOCON section; named there by type.</summary>
public sealed class InlineDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly InlineDispatcher _dispatcher;

    public InlineDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new InlineDispatcher(this);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>
/// The dispatcher of connection graphs: what a socket completion schedules runs at once on the completing thread, inside the
/// completion's <see cref="InlineScope"/>; everything else goes to the thread pool. Owns no thread, so it may be shut down and used again.
/// </summary>
public sealed class InlineDispatcher : MessageDispatcher
{
    /// <summary>The section of the HOCON configuration that defines it.</summary>
    public const string Path = "scp-inline-dispatcher";

    /// <summary>Its definition, for the ActorSystem's configuration.</summary>
    public const string Hocon = """
        scp-inline-dispatcher {
          type = "Scp.Actors.EventDispatch.InlineDispatcherConfigurator, Scp.Actors"
          mailbox-type = "Scp.Actors.EventDispatch.CompactMailbox, Scp.Actors"
          throughput = 100
          shutdown-timeout = 1s
        }
        """;

    public InlineDispatcher(MessageDispatcherConfigurator configurator)
        : base(configurator)
    {
        Id = configurator.Config.GetString("id", Path);
        Throughput = configurator.Config.GetInt("throughput", 100);
        ShutdownTimeout = configurator.Config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1));
    }

    protected override void ExecuteTask(IRunnable run) => InlineScope.Schedule(run);

    protected override void Shutdown()
    {
        // It owns no thread. Connections come and go, so the number of its actors reaches zero all the time.
    }
}
