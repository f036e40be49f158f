using Scp.Host.Replay.Network;
using Scp.Host.Replay.Scenarios;
using Scp.Host.Replay.Time;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;

namespace Scp.Host.Replay.Results;

/// <summary>What a client saw of one request. Times are ticks.</summary>
/// <param name="At">When it wanted to send it.</param>
/// <param name="EndedAt">When it had its answer, or gave up.</param>
/// <param name="Status">0 for no answer.</param>
/// <param name="Backend">Who answered; null for the proxy itself.</param>
/// <param name="Key">The key of the request.</param>
/// <param name="Reason">Why there is no answer.</param>
internal readonly record struct ClientOutcome(long At, long EndedAt, int Status, string? Backend, int Key, NoAnswer Reason)
{
    /// <summary>A 5xx or no answer at all.</summary>
    public bool IsFailure => Status is 0 or >= 500;

    public TimeSpan Latency => TimeSpan.FromTicks(EndedAt - At);
}

/// <summary>An attempt of the proxy that reached a backend, or was refused there.</summary>
internal readonly record struct Attempt(long At, string Backend, bool IsRefused);

/// <summary>An exchange with more attempts than one.</summary>
internal readonly record struct Retried(long At, int Retries);

/// <summary>Everything that was seen of a run; what is expected of it is computed from this alone.</summary>
internal sealed class RunRecord(VirtualLoop loop) : IClientObserver, IBackendObserver, IExchangeObserver
{
    public List<ClientOutcome> Outcomes { get; } = [];

    /// <summary>Of the traffic, in the order in which they reached the backends.</summary>
    public List<Attempt> Attempts { get; } = [];

    public List<Retried> Retries { get; } = [];

    public List<StandingChange> Standings { get; } = [];

    /// <summary>Probes by backend.</summary>
    public SortedDictionary<string, int> Probes { get; } = new(StringComparer.Ordinal);

    public List<TimelineEntry> Timeline { get; } = [];

    /// <summary>Called when a client saw a request fail.</summary>
    public Action<ClientOutcome>? Failed { get; set; }

    /// <summary>Called when an attempt reached a backend.</summary>
    public Action<Attempt>? Attempted { get; set; }

    public void Note(string what, string text) => Timeline.Add(new TimelineEntry(loop.Elapsed, what, text));

    void IClientObserver.OnEnded(ClientRequest request, int status, string? backend, NoAnswer reason)
    {
        var outcome = new ClientOutcome(request.At, loop.Now, status, backend, request.Key, reason);
        Outcomes.Add(outcome);
        if (outcome.IsFailure) Failed?.Invoke(outcome);
    }

    void IBackendObserver.OnAttempt(string backend, Caller caller, bool isRefused)
    {
        if (caller == Caller.Probe)
        {
            Probes[backend] = Probes.GetValueOrDefault(backend) + 1;
            return;
        }

        var attempt = new Attempt(loop.Now, backend, isRefused);
        Attempts.Add(attempt);
        Attempted?.Invoke(attempt);
    }

    void IExchangeObserver.OnCompleted(Exchange exchange)
    {
        if (exchange.Record.Attempts > 1) Retries.Add(new Retried(loop.Now, exchange.Record.Attempts - 1));
    }
}

/// <summary>Something that happened.</summary>
/// <param name="At">Since the start.</param>
/// <param name="What">backend, operator, standing, pool, clients.</param>
/// <param name="Text">In words.</param>
internal sealed record TimelineEntry(TimeSpan At, string What, string Text);
