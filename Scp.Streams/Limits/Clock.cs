namespace Scp.Streams.Limits;

/// <summary>Milliseconds from an injected <see cref="TimeProvider"/>: what deadlines are compared with.</summary>
public sealed class Clock(TimeProvider time)
{
    /// <summary>A deadline that never comes.</summary>
    public const long Never = long.MaxValue;

    private readonly long _ticksPerMillisecond = Math.Max(1, time.TimestampFrequency / 1000);

    public TimeProvider Time { get; } = time;

    /// <summary>Milliseconds since an arbitrary point; never goes back.</summary>
    public long Now => Time.GetTimestamp() / _ticksPerMillisecond;

    /// <summary>The milliseconds of a timestamp of <see cref="Time"/>: saves a second reading of the clock within one turn.</summary>
    public long ToMilliseconds(long timestamp) => timestamp / _ticksPerMillisecond;

    /// <summary>The deadline that far from now; never when the limit is off.</summary>
    public static long After(long now, TimeSpan limit) =>
        limit == Timeout.InfiniteTimeSpan ? Never : now + (long)limit.TotalMilliseconds;
}
