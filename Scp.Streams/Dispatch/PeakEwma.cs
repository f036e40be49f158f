namespace Scp.Streams.Dispatch;

/// <summary>
/// A latency that jumps to peaks at once and forgets them with time: the peak-sensitive exponentially weighted moving average of
/// Twitter's Finagle. Written and read by all threads without a lock. A mutable struct: never copy it.
/// </summary>
/// <remarks>
/// <code>
/// observed above the average:  average = observed
/// else:                        average = average x w + observed x (1 - w),   w = exp(-elapsed / decay)
/// read:                        average x w                                   so that a slow one is tried again some time
/// </code>
/// </remarks>
public struct PeakEwma
{
    /// <summary>Milliseconds that are assumed of a backend which has requests but has not answered any.</summary>
    public const float Unmeasured = 1000;

    /// <summary>Milliseconds in which an average falls to 37 %: Finagle's default.</summary>
    private const float Decay = 10_000;

    /// <summary>Stored for 0 ms, because an average of 0 says that nothing was measured.</summary>
    private const float Least = 1e-3f;

    /// <summary>The average in ms as a float, and the low 32 bits of the clock at which it held: written as one.</summary>
    private long _state;

    public bool IsMeasured => Volatile.Read(ref _state) != 0;

    /// <summary>Milliseconds, 0 when nothing was measured.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    public float At(long now)
    {
        var state = Volatile.Read(ref _state);
        return state == 0 ? 0 : AverageOf(state) * Kept(state, now);
    }

    /// <summary>A response took so long.</summary>
    public void Observe(long latency, long now) => Update(latency, now, mayFall: true);

    /// <summary>A failure took so long: it may raise the average. That a backend fails fast must not make it look good.</summary>
    public void ObserveFailure(long latency, long now) => Update(latency, now, mayFall: false);

    private void Update(long latency, long now, bool mayFall)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            var average = AverageOf(state);
            var next = Math.Max(latency, Least);
            if (state == 0 && !mayFall) next = Math.Max(latency, Unmeasured);
            if (next < average)
            {
                if (!mayFall) return;
                var kept = Kept(state, now);
                next = average * kept + next * (1 - kept);
            }

            var updated = ((long)BitConverter.SingleToInt32Bits(next) << 32) | (uint)now;
            if (Interlocked.CompareExchange(ref _state, updated, state) == state) return;
        }
    }

    private static float AverageOf(long state) => BitConverter.Int32BitsToSingle((int)(state >> 32));

    /// <summary>A graph whose clock is a little behind another one's decays nothing.</summary>
    private static float Kept(long state, long now)
    {
        var elapsed = (int)((uint)now - (uint)state);
        return elapsed <= 0 ? 1 : MathF.Exp(-elapsed / Decay);
    }
}
