using Akka.Actor;
using Akka.Event;
using Scp.Actors.BackendPools;

namespace Scp.Actors.Discovery;

/// <summary>
/// Resolves the members of one pool, again whenever the answer has grown old, and sends them to the pool, its parent, when they change.
/// One resolution at a time; each is given up after its timeout.
/// </summary>
public sealed class DiscoveryActor : UntypedActor, IWithTimers
{
    private const string Timer = "discovery"; // runs until the next resolution, or until the present one is given up
    private const double Jitter = 0.1;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly DiscoveryContext _context;
    private readonly List<IActorRef> _waiting = [];
    private DiscoverySettings _settings;
    private INameResolver _resolver;
    private DiscoveryState _state = DiscoveryState.Empty;
    private CancellationTokenSource _asking = new();
    private long _resolution;
    private bool _isAnswered;

    public DiscoveryActor(DiscoverySettings settings, DiscoveryContext context)
    {
        _settings = settings;
        _context = context;
        _resolver = context.Resolvers(settings);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Resolve();

    protected override void PostStop()
    {
        EndAsking();
        _context.Publish(null);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Answered answered: if (answered.Resolution == _resolution) Take(answered.Answer); break; // else it was given up
            case GaveUp: Take(NameAnswer.Failed($"{_settings.Name}: no answer in time")); break;
            case Refresh: Resolve(); break;
            case DiscoveryChanged changed: Change(changed.Settings); break;
            case AwaitFirstAnswer when _isAnswered: Sender.Tell(FirstAnswerKnown.Instance); break;
            case AwaitFirstAnswer: _waiting.Add(Sender); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>The members of the old question stay until the new one is answered.</summary>
    private void Change(DiscoverySettings settings)
    {
        var isSame = settings.IsSameAs(_settings);
        _settings = settings;
        if (_state.Members.Count > 0) TellMembers(); // what they are beside their address may have changed
        if (isSame) return;
        _resolver = _context.Resolvers(settings);
        _isAnswered = false;
        Resolve();
    }

    private void Resolve()
    {
        EndAsking();
        _asking = new CancellationTokenSource();
        var resolution = ++_resolution;
        _resolver.ResolveAsync(_asking.Token).PipeTo(
            Self, success: a => new Answered(resolution, a), failure: e => new Answered(resolution, NameAnswer.Failed(e.Message)));
        Timers.StartSingleTimer(Timer, GaveUp.Instance, _settings.Timeout);
    }

    private void EndAsking()
    {
        _asking.Cancel();
        _asking.Dispose();
    }

    private void Take(NameAnswer answer)
    {
        _resolution++; // whatever else comes of this one is late
        var before = _state;
        var rules = new DiscoveryRules(_settings.MinimumTtl, _settings.MaximumTtl, _settings.MaximumMembers);
        _state = before.After(answer, rules, _context.Clock.Now, out var news);
        if (news.HasFlag(DiscoveryNews.MembersChanged)) TellMembers();
        DiscoveryLog.Write(_log, _context.Pool, _settings, before, _state, news);
        _context.Publish(new DiscoveryView(_settings.Type, _settings.Name, _state));
        Timers.StartSingleTimer(Timer, Refresh.Instance, _state.NextRefresh * (1 - (Jitter * _context.Random.NextDouble())));
        _isAnswered = true;
        foreach (var waiting in _waiting) waiting.Tell(FirstAnswerKnown.Instance);
        _waiting.Clear();
    }

    private void TellMembers() =>
        Context.Parent.Tell(new MembersResolved([.. _state.Members.Select(m => m.ToSettings(_settings.Member))]));

    private sealed record Answered(long Resolution, NameAnswer Answer) : INoSerializationVerificationNeeded;

    private sealed class GaveUp : INoSerializationVerificationNeeded
    {
        public static readonly GaveUp Instance = new();
    }

    private sealed class Refresh : INoSerializationVerificationNeeded
    {
        public static readonly Refresh Instance = new();
    }
}
