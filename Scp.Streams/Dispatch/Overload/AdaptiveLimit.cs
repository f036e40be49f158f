using Scp.Streams.Balancing;

namespace Scp.Streams.Dispatch.Overload;

/// <summary>
/// Gathers the latencies of a pool in windows for its <see cref="GradientLimit"/>. A sample costs two additions; the first sample after a
/// window has ended closes it, so there is no timer and no thread.
/// </summary>
public sealed class AdaptiveLimit(AdaptiveConcurrencySettings settings)
{
    /// <summary>Fewer samples make no median; the window then goes on.</summary>
    private const int FewestSamples = 10;

    private readonly GradientLimit _gradient = new(settings);
    private readonly LatencyHistogram _latencies = new();
    private long _windowEnds;
    private int _limit = settings.Initial;
    private int _peak, _isClosing;

    public AdaptiveConcurrencySettings Settings { get; } = settings;

    /// <summary>Requests at once.</summary>
    public int Limit => Volatile.Read(ref _limit);

    /// <summary>Adds a latency; returns by how much the limit has risen.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="microseconds">From the pick of a backend to its response head.</param>
    /// <param name="active">Requests that are with the pool now.</param>
    /// <param name="random">The randomness of the connection.</param>
    public int Sample(long now, long microseconds, int active, PickRandom random)
    {
        _latencies.Add(microseconds);
        if (active > Volatile.Read(ref _peak)) Volatile.Write(ref _peak, active);
        var ends = Volatile.Read(ref _windowEnds);
        if (now < ends || Interlocked.Exchange(ref _isClosing, 1) != 0) return 0;
        var before = _limit;
        if (ends > 0 && _latencies.TryTakeMedian(FewestSamples, out var median))
        {
            _gradient.OnWindow(now, median, Interlocked.Exchange(ref _peak, 0), random);
            Volatile.Write(ref _limit, _gradient.Limit);
        }

        Volatile.Write(ref _windowEnds, now + (long)Settings.Window.TotalMilliseconds);
        Volatile.Write(ref _isClosing, 0);
        return Math.Max(0, _limit - before);
    }
}
