namespace Scp.Host.LogReplay;

/// <summary>Counts decisions before and after. Its memory has a bound, whatever names a log holds.</summary>
internal sealed class LogComparison
{
    /// <summary>Groups and names beyond are counted together.</summary>
    private const int MostNames = 10_000;
    private const string Others = "(others)";
    private const string None = "none";

    private readonly Dictionary<(DifferenceKind, string, string), Group> _groups = [];
    private readonly Dictionary<(string Pool, string Backend), (long Before, long After)> _shares = [];
    private readonly Dictionary<string, long> _skipped = [];
    private BadLines _bad = new(0, 0, "");
    private long _compared, _same;

    public long Lines { get; set; }

    public void AddBad(long line, string reason) => _bad = _bad.Count == 0 ? new BadLines(1, line, reason) : _bad with { Count = _bad.Count + 1 };

    public void AddSkipped(string reason) => _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;

    public void Add(LoggedRequest request, in ReplayedDecision before, in ReplayedDecision after)
    {
        _compared++;
        CountShare(before, isAfter: false);
        CountShare(after, isAfter: true);
        var differs = Compare(DifferenceKind.Route, before.Route ?? None, after.Route ?? None, request);
        if (before.Pool is not null && after.Pool is not null) differs |= Compare(DifferenceKind.Pool, before.Pool, after.Pool, request);
        else differs |= Compare(DifferenceKind.Answer, before.Answer ?? "forwarded", after.Answer ?? "forwarded", request);
        if (before.Sent is not null && after.Sent is not null && before.Sent != after.Sent)
            differs |= Compare(DifferenceKind.Sent, $"by route {before.Route}", $"by route {after.Route}", request, $" ({before.Sent} -> {after.Sent})");
        if (!differs) _same++;
    }

    public LogReplayReport Report(IReadOnlyList<string> unpredictable) => new(
        Lines, _compared, _same, _skipped, _bad,
        [.. _groups.OrderByDescending(g => g.Value.Count).Select(g => g.Value.ToReport(g.Key))],
        [
            .. from share in _shares
               group share by share.Key.Pool into pool
               orderby pool.Key
               select new PoolShares(
                   pool.Key, pool.Sum(s => s.Value.Before), pool.Sum(s => s.Value.After),
                   [.. pool.OrderBy(s => s.Key.Backend, StringComparer.Ordinal)
                       .Select(s => new BackendShare(s.Key.Backend, s.Value.Before, s.Value.After))]),
        ],
        unpredictable);

    /// <summary>Counts a difference. A host or target that differs is one group for each pair of routes, however many there are.</summary>
    private bool Compare(DifferenceKind kind, string before, string after, LoggedRequest request, string more = "")
    {
        if (kind != DifferenceKind.Sent && before == after) return false;
        var key = _groups.Count < MostNames || _groups.ContainsKey((kind, before, after)) ? (kind, before, after) : (kind, Others, Others);
        if (!_groups.TryGetValue(key, out var group)) _groups[key] = group = new Group(request.Text + more, Lines);
        group.Count++;
        return true;
    }

    private void CountShare(in ReplayedDecision decision, bool isAfter)
    {
        if (decision.Pool is null) return;
        var key = (decision.Pool, decision.Backend ?? None);
        if (_shares.Count >= MostNames && !_shares.ContainsKey(key)) key = (Others, Others);
        var (before, after) = _shares.GetValueOrDefault(key);
        _shares[key] = isAfter ? (before, after + 1) : (before + 1, after);
    }

    private sealed class Group(string example, long line)
    {
        public long Count { get; set; }

        public DifferenceGroup ToReport((DifferenceKind Kind, string Before, string After) key) =>
            new(key.Kind, key.Before, key.After, Count, example, line);
    }
}
