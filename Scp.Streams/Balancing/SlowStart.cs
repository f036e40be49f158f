namespace Scp.Streams.Balancing;

/// <summary>
/// How the traffic of a backend that came back rises: linearly from <paramref name="Minimum"/> of its share to all of it.
/// </summary>
/// <param name="Window">How long; zero is off.</param>
/// <param name="Minimum">The share at the beginning, above 0 to 1.</param>
public readonly record struct SlowStart(TimeSpan Window, double Minimum)
{
    public static readonly SlowStart Off = new(TimeSpan.Zero, 1);

    public bool IsOn => Window > TimeSpan.Zero;

    /// <summary>The share after so many milliseconds.</summary>
    public double WarmthAt(long elapsed) =>
        !IsOn || elapsed >= Window.TotalMilliseconds ? 1 : Math.Max(Minimum, Math.Max(0, elapsed) / Window.TotalMilliseconds);
}
