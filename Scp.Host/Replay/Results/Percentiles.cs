namespace Scp.Host.Replay.Results;

/// <summary>Exact percentiles by the nearest rank: the smallest value that so many are not above.</summary>
internal static class Percentiles
{
    /// <param name="sorted">Ascending.</param>
    /// <param name="share">0 to 1.</param>
    public static TimeSpan Of(IReadOnlyList<TimeSpan> sorted, double share) =>
        sorted.Count == 0 ? TimeSpan.Zero : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
