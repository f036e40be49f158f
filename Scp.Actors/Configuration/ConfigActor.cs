using Akka.Actor;
using Akka.Event;

namespace Scp.Actors.Configuration;

/// <summary>
/// Owns which configuration is in force. A reload reads and validates off the actor's thread; a bad file changes nothing and says why.
/// One reload at a time: while one is under way others wait.
/// </summary>
public sealed class ConfigActor(Func<ReadResult> read, IActorRef proxy) : UntypedActor, IWithUnboundedStash
{
    private static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(45);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _version = 1;

    public IStash Stash { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        if (message is Reload reload)
        {
            ReloadAsync(_version + 1).PipeTo(
                Self, Sender, success: r => new Finished(r, reload.Reason), failure: e => new Finished(Refused(e.Message), reload.Reason));
            Become(Reloading);
        }
        else Unhandled(message);
    }

    private void Reloading(object message)
    {
        if (message is not Finished finished)
        {
            Stash.Stash();
            return;
        }

        var result = finished.Result;
        if (result.Errors.Count > 0)
        {
            _log.Error(
                "The configuration was not reloaded ({0}); the old one stays in force. {1}",
                finished.Reason, string.Join(" | ", result.Errors));
        }
        else
        {
            _version = result.Version;
            _log.Info("Configuration {0} is in force ({1}).", _version, finished.Reason);
            foreach (var warning in result.Warnings) _log.Warning("{0}", warning);
            foreach (var key in result.NeedsRestart) _log.Warning("{0} changed; it takes effect at the next start.", key);
        }

        Sender.Tell(result with { Version = _version });
        Become(OnReceive);
        Stash.UnstashAll();
    }

    private async Task<Reloaded> ReloadAsync(long version)
    {
        var result = await Task.Run(read);
        if (result.Settings is not { } settings) return new Reloaded(version, result.Errors, [], []);
        var applied = await proxy.Ask<Applied>(new Apply(settings, version), ApplyLimit);
        return new Reloaded(version, [], result.NeedsRestart, applied.Failed) { Warnings = result.Warnings };
    }

    private Reloaded Refused(string reason) => new(_version, [reason], [], []);

    private sealed record Finished(Reloaded Result, string Reason) : INoSerializationVerificationNeeded;
}
