using Scp.Streams.Limits;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>
/// Wakes one exchange at a precise time. Only those exchanges have one that wait for a back-off, a hedge or an attempt timeout: for
/// everything else the sweep over all connections is precise enough.
/// </summary>
public sealed class WakeTimer(UpstreamExchange exchange) : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private ITimer? _timer;
    private long _due = Clock.Never;

    public UpstreamExchange Exchange { get; } = exchange;

    /// <summary>When the back-off is over; then <see cref="Next"/> begins.</summary>
    public long NextAt { get; set; } = Clock.Never;

    /// <summary>The attempt that waits for the back-off; its place is reserved.</summary>
    public UpstreamAttempt? Next { get; set; }

    /// <summary>When a second backend is asked too.</summary>
    public long HedgeAt { get; set; } = Clock.Never;

    /// <summary>Makes sure that the exchange is woken at that time or before.</summary>
    public void Lower(long due, Clock clock)
    {
        if (due >= _due) return;
        _due = due;
        var delay = TimeSpan.FromMilliseconds(due - clock.Now);
        if (delay < Shortest) delay = Shortest;
        if (_timer is null) _timer = clock.Time.CreateTimer(Fire, this, delay, Timeout.InfiniteTimeSpan);
        else _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>It went off.</summary>
    public void Reset() => _due = Clock.Never;

    public void Dispose() => _timer?.Dispose();

    /// <summary>On the timer's thread, or on the thread that moves a virtual clock.</summary>
    private static void Fire(object? state) => InlineScope.Run(static timer => timer.Exchange.Host.DeliverWake(timer), (WakeTimer)state!);
}
