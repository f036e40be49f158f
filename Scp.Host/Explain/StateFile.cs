using System.Text.Json;
using Scp.Host.Admin;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Host.Explain;

/// <summary>Puts the standings that a running proxy reported (GET /pools?format=json) into pools that nobody runs.</summary>
internal static class StateFile
{
    /// <summary>Larger ones are no reports of ours: 10,000 backends are about 4 MB.</summary>
    private const int Largest = 64 * 1024 * 1024;

    /// <summary>More requests than that are with no backend.</summary>
    private const int MostActive = 1_000_000;

    /// <summary>Reads and applies a file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="pools">The pools of a configuration.</param>
    /// <param name="now">Milliseconds of the clock that the pools shall go by.</param>
    /// <param name="notes">What of the file the configuration does not know, in sentences.</param>
    /// <returns>What is wrong with the file; empty when it was applied.</returns>
    public static string Apply(string file, IReadOnlyDictionary<string, PoolCell> pools, long now, ICollection<string> notes)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > Largest) return $"{file}: larger than {Largest >> 20} MiB";
            var report = JsonSerializer.Deserialize<PoolsReport>(stream, ReportJson.Options);
            if (report is null) return $"{file}: null is no report";
            foreach (var pool in report.Pools) Apply(pool, pools, now, notes);
            return "";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return $"cannot read '{file}': {cause.Message}";
        }
        catch (JsonException cause)
        {
            return $"{file}:{(cause.LineNumber ?? 0) + 1}:{(cause.BytePositionInLine ?? 0) + 1}: "
                + $"not what GET /pools?format=json gives: {cause.Message.Split(" Path:")[0]}";
        }
    }

    private static void Apply(PoolReport report, IReadOnlyDictionary<string, PoolCell> pools, long now, ICollection<string> notes)
    {
        if (!pools.TryGetValue(report.Pool, out var cell))
        {
            notes.Add($"The configuration has no pool {report.Pool}.");
            return;
        }

        var pool = cell.Current;
        var known = report.Backends.DistinctBy(b => b.Name).ToDictionary(b => b.Name);
        var standings = new List<BackendStanding>();
        foreach (var standing in pool.Standings)
        {
            if (!known.Remove(standing.Backend.Name, out var backend)) notes.Add($"The file does not tell of {standing.Backend.Name} in {pool.Name}.");
            standings.Add(backend is null ? standing : (backend with { Active = Math.Min(backend.Active, MostActive) }).ApplyTo(standing, now));
        }

        foreach (var name in known.Keys) notes.Add($"The configuration has no backend {name} in {pool.Name}.");
        cell.Publish(new PoolSnapshot(pool.Name, standings, pool.Policy, pool.Upstream, pool.Rules, pool.Load));
    }
}
