using Akka.Configuration;
using Akka.Dispatch;

namespace Scp.Host.Replay.Time;

/// <summary>Makes the <see cref="ReplayDispatcher"/> out of its HOCON section; named there by type.</summary>
internal sealed class ReplayDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly ReplayDispatcher _dispatcher;

    public ReplayDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new ReplayDispatcher(this, ((VirtualScheduler)prerequisites.Scheduler).Loop);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>Every dispatcher of a replay's actor system: actors and graphs run in turn on the one thread of the loop.</summary>
internal sealed class ReplayDispatcher : MessageDispatcher
{
    private readonly VirtualLoop _loop;

    public ReplayDispatcher(MessageDispatcherConfigurator configurator, VirtualLoop loop)
        : base(configurator)
    {
        _loop = loop;
        Id = configurator.Config.GetString("id", "replay");
        Throughput = configurator.Config.GetInt("throughput", 100);
        ShutdownTimeout = configurator.Config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1));
    }

    protected override void ExecuteTask(IRunnable run) => _loop.Post(run);

    protected override void Shutdown()
    {
        // It owns no thread.
    }
}
