namespace Scp.Actors.Health;

/// <summary>Penalties that grow with each repetition and are forgiven one by one, as Envoy's outlier detection does it.</summary>
internal static class Repetition
{
    /// <summary>The number of the next one: each <paramref name="unit"/> of peace since the last has made up for one.</summary>
    public static int Next(int before, long peace, TimeSpan unit) =>
        1 + (int)Math.Max(0, before - (long)(peace / unit.TotalMilliseconds));

    /// <summary>Milliseconds that the n-th one takes.</summary>
    public static long Penalty(int repetition, TimeSpan unit, TimeSpan longest) =>
        (long)Math.Min(repetition * unit.TotalMilliseconds, Math.Max(unit.TotalMilliseconds, longest.TotalMilliseconds));
}
