using Akka.Actor;
using Akka.Event;

namespace Scp.Actors.Configuration;

/// <summary>
/// Owns which configuration is in force. A reload reads and validates off the actor's thread; a bad file changes nothing and says why.
/// </summary>
public sealed class ConfigActor : UntypedActor, IWithUnboundedStash
{
    private readonly Func<ReadResult> _read;
    private readonly IActorRef _proxy;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ProxySettings _current;
    private long _version = 1;

    public ConfigActor(ProxySettings initial, Func<ReadResult> read, IActorRef proxy)
    {
        _current = initial;
        _read = read;
        _proxy = proxy;
    }

    public IStash Stash { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        if (message is not Reload reload)
        {
            Unhandled(message);
            return;
        }

        var requester = Sender;
        Task.Run(_read).PipeTo(Self, success: result => new HasRead(result, reload.Reason, requester), failure: e => new HasRead(new ReadResult(null, [e.Message]), reload.Reason, requester));
        Become(Reading);
    }

    private void Reading(object message)
    {
        if (message is not HasRead read)
        {
            Stash.Stash();
            return;
        }

        read.Requester.Tell(Take(read.Result, read.Reason));
        Become(OnReceive);
        Stash.UnstashAll();
    }

    private Reloaded Take(ReadResult result, string reason)
    {
        if (result.Settings is not { } settings)
        {
            _log.Error("The configuration was not reloaded ({0}); the old one stays in force.\n{1}", reason, string.Join('\n', result.Errors));
            return new Reloaded(_version, result.Errors, []);
        }

        var restart = RestartKeys.Changed(_current, settings);
        _current = settings;
        _version++;
        _proxy.Tell(new Apply(settings, _version));
        _log.Info("Configuration {0} is in force ({1}).", _version, reason);
        foreach (var key in restart) _log.Warning("{0} changed; it takes effect at the next start.", key);
        return new Reloaded(_version, [], restart);
    }

    private sealed record HasRead(ReadResult Result, string Reason, IActorRef Requester) : INoSerializationVerificationNeeded;
}
