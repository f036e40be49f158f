using Scp.Host.Replay.Time;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Host.Replay.Results;

/// <summary>Notes what changes from one published pool snapshot to the next: what the data plane sees, whoever caused it.</summary>
internal sealed class SnapshotWatch(VirtualLoop loop, RunRecord record)
{
    private readonly Dictionary<string, PoolSnapshot> _seen = [];

    /// <summary>Called when the loop has settled.</summary>
    public void Look(IReadOnlyDictionary<string, PoolCell> pools)
    {
        foreach (var (name, pool) in pools)
        {
            var now = pool.Current;
            if (_seen.TryGetValue(name, out var before) && ReferenceEquals(now, before)) continue;
            _seen[name] = now;
            Compare(name, before, now);
        }
    }

    /// <summary>The process is gone: what the next one publishes is compared with nothing.</summary>
    public void Forget() => _seen.Clear();

    private void Compare(string pool, PoolSnapshot? before, PoolSnapshot now)
    {
        var known = before?.Standings.ToDictionary(s => s.Backend.Name) ?? [];
        foreach (var standing in now.Standings)
        {
            known.Remove(standing.Backend.Name, out var earlier);
            Note(new StandingChange(loop.Now, pool, standing.Backend.Name, earlier, standing), isFirst: before is null);
        }

        foreach (var gone in known.Values) Note(new StandingChange(loop.Now, pool, gone.Backend.Name, gone, null), isFirst: false);
        Panic(pool, before, now);
    }

    private void Note(StandingChange change, bool isFirst)
    {
        record.Standings.Add(change);
        var isOrdinary = isFirst && change.After is { Exclusion: Exclusion.None };
        if (change.Text.Length > 0 && !isOrdinary) record.Note("standing", $"{change.Backend}: {change.Text}");
    }

    private void Panic(string pool, PoolSnapshot? before, PoolSnapshot now)
    {
        foreach (var tier in now.Tiers.All)
        {
            var was = before?.Tiers.All.FirstOrDefault(t => t.Priority == tier.Priority)?.IsPanic ?? false;
            if (tier.IsPanic != was) record.Note("pool", $"{pool}: tier {tier.Priority} {(tier.IsPanic ? "panics" : "calms down")}");
        }
    }
}
