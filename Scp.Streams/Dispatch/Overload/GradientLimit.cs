using Scp.Streams.Balancing;

namespace Scp.Streams.Dispatch.Overload;

/// <summary>
/// The limit of requests at once that a pool's latency allows. A state machine of numbers: windows in, limit out.
/// </summary>
/// <remarks>
/// The formula is that of Envoy's adaptive concurrency filter ("gradient controller") and of Netflix' concurrency-limits (Gradient):
/// <code>
/// gradient = clamp((1 + tolerance) x latency without load / latency now, 0.5, 1)
/// limit    = limit x gradient + sqrt(limit)
/// </code>
/// The square root is what lets the limit grow while latency is good, and the queue that is left standing when it is not. A limit that
/// traffic does not come near stays as it is: its latency says nothing about more.
///
/// The latency without load is the lowest median of a window. It gets stale: backends change. As in BBR's ProbeRTT
/// (draft-cardwell-iccrg-bbr-congestion-control 4.3.4) a latency that was not seen again for the probe interval is measured anew, with
/// the limit lowered for one window so far that no queue is left, and not to the minimum, as Envoy does, which would shed
/// nearly everything meanwhile. As long as a measurement finds less than the one before, the next follows ten times sooner.
/// <code>
/// Following --latency without load is stale--> Draining --what was under way has ended--> Probing --window--> Following
/// </code>
/// </remarks>
public sealed class GradientLimit(AdaptiveConcurrencySettings settings)
{
    private const double SteepestDescent = 0.5;

    /// <summary>Share of what the backends carry without a queue that is left to them while probing.</summary>
    private const double ProbeShare = 0.75;

    /// <summary>Share of the limit that must have been in use for a window to move it.</summary>
    private const double InUse = 0.5;

    /// <summary>A latency that is less than this share of another one is lower, and not only measured differently.</summary>
    private const double Same = 0.95;

    private enum Phase : byte
    {
        Following,
        Draining,
        Probing,
    }

    private Phase _phase;
    private double _limit = settings.Initial;
    private double _lowest = double.PositiveInfinity;
    private double _limitBeforeProbe;
    private long _probeAt, _drainedAt;

    /// <summary>At least the minimum of the settings, at most their maximum.</summary>
    public int Limit => (int)_limit;

    /// <summary>The latency without load, in microseconds; infinity before the first window.</summary>
    public double LatencyWithoutLoad => _lowest;

    /// <summary>A window ended.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="latency">The median latency in microseconds.</param>
    /// <param name="peak">The most requests that were under way at once.</param>
    /// <param name="random">Spreads the probes of several proxies over time.</param>
    public void OnWindow(long now, double latency, int peak, PickRandom random)
    {
        latency = Math.Max(1, latency);
        switch (_phase)
        {
            case Phase.Draining:
                if (now >= _drainedAt) _phase = Phase.Probing;
                return;
            case Phase.Probing:
                _phase = Phase.Following;
                _limit = _limitBeforeProbe;
                Remember(now, latency, random);
                return;
        }

        if (latency <= _lowest) Remember(now, latency, random);
        else if (now >= _probeAt) Probe(now, latency);
        if (_phase == Phase.Following && peak >= _limit * InUse) Follow(latency);
    }

    private void Follow(double latency)
    {
        var gradient = Math.Clamp((1 + settings.Tolerance) * _lowest / latency, SteepestDescent, 1);
        _limit = Math.Clamp(_limit * gradient + Math.Sqrt(_limit), settings.Minimum, settings.Maximum);
    }

    private void Probe(long now, double latency)
    {
        _phase = Phase.Draining;
        _limitBeforeProbe = _limit;
        _drainedAt = now + (long)Math.Ceiling(latency / 1000);

        // Where the formula has come to rest, this is what the backends carry without a queue.
        var withoutQueue = (_limit - Math.Sqrt(_limit)) / (1 + settings.Tolerance);
        _limit = Math.Max(settings.Minimum, withoutQueue * ProbeShare);
    }

    private void Remember(long now, double latency, PickRandom random)
    {
        var interval = settings.ProbeInterval.TotalMilliseconds * (0.9 + 0.2 * random.NextDouble());
        if (latency < _lowest * Same) interval /= 10;
        _lowest = latency;
        _probeAt = now + (long)interval;
    }
}
