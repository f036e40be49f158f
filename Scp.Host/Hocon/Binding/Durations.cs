namespace Scp.Host.Hocon.Binding;

/// <summary>HOCON durations. A bare number is refused: whether it means seconds or milliseconds is what outages are made of.</summary>
internal static class Durations
{
    public const string Expectation = "a duration with a unit (ns, us, ms, s, m, h, d), such as 500ms or 30s";

    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = default;
        if (!Quantity.TrySplit(text, out var number, out var unit) || TicksOf(unit) is not { } ticks) return false;
        if (number > TimeSpan.MaxValue.Ticks / ticks) return false;
        duration = TimeSpan.FromTicks((long)(number * ticks));
        return number == 0 || duration > TimeSpan.Zero;
    }

    private static decimal? TicksOf(string unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 0.01m,
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    };
}
