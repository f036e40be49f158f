using Scp.Actors.Health;

namespace Scp.Host.Replay;

/// <summary>What the pools of a replay remember; it outlives the proxy when a scenario says so.</summary>
internal sealed class MemoryJournal
{
    private RememberedBackends _records = RememberedBackends.None;

    public void Keep(RememberedBackend backend) => _records = _records.Apply(backend);

    public void Clear() => _records = RememberedBackends.None;

    /// <summary>What is remembered of a pool, in the order of the names.</summary>
    public IReadOnlyList<RememberedBackend> Of(string pool) =>
        [.. _records.All.Where(r => r.Pool == pool).OrderBy(r => r.Backend, StringComparer.Ordinal)];
}
