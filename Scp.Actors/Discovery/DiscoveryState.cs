namespace Scp.Actors.Discovery;

/// <summary>What an answer changed that somebody should hear of.</summary>
[Flags]
public enum DiscoveryNews : byte
{
    None = 0,

    /// <summary>There are other members than before.</summary>
    MembersChanged = 1,

    /// <summary>The first failure after a good answer, or the first of all.</summary>
    FailureBegan = 2,

    /// <summary>A good answer after failures.</summary>
    FailureOver = 4,

    /// <summary>There are more members than the pool takes, and were not before.</summary>
    LimitReached = 8,
}

/// <summary>How long answers hold (scp.pools.*.discovery).</summary>
public sealed record DiscoveryRules(TimeSpan MinimumTtl, TimeSpan MaximumTtl, int MaximumMembers);

/// <summary>
/// What is known of the members of a pool that DNS names. Immutable: an answer makes a new state. A failure keeps the members of the
/// last good answer for as long as it lasts: an address that was good is a better guess than none.
/// </summary>
public sealed record DiscoveryState
{
    /// <summary>Nothing was answered yet.</summary>
    public static readonly DiscoveryState Empty = new();

    /// <summary>In order of priority and address, because servers rotate their answers.</summary>
    public IReadOnlyList<DiscoveredMember> Members { get; private init; } = [];

    /// <summary>Members of the last good answer beyond the limit.</summary>
    public int LeftOut { get; private init; }

    /// <summary>Failed resolutions since the last good one.</summary>
    public int Failures { get; private init; }

    /// <summary>Why the last resolution failed; empty when it did not.</summary>
    public string Failure { get; private init; } = "";

    /// <summary>Resolutions that ended, failed ones too.</summary>
    public long Resolutions { get; private init; }

    /// <summary>Resolutions that failed.</summary>
    public long FailedResolutions { get; private init; }

    /// <summary>Milliseconds of the clock at the last good answer; null before the first.</summary>
    public long? AnsweredAt { get; private init; }

    /// <summary>Until the next resolution.</summary>
    public TimeSpan NextRefresh { get; private init; }

    /// <summary>What an answer makes of it.</summary>
    /// <param name="answer">A good one or a failure.</param>
    /// <param name="rules">How long answers hold.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="news">What to tell.</param>
    public DiscoveryState After(NameAnswer answer, DiscoveryRules rules, long now, out DiscoveryNews news) =>
        answer.Members.Count == 0 ? AfterFailure(answer.Failure, rules, out news) : AfterMembers(answer, rules, now, out news);

    private DiscoveryState AfterFailure(string failure, DiscoveryRules rules, out DiscoveryNews news)
    {
        news = Failures == 0 ? DiscoveryNews.FailureBegan : DiscoveryNews.None;
        return this with
        {
            Failures = Failures + 1,
            Failure = failure,
            Resolutions = Resolutions + 1,
            FailedResolutions = FailedResolutions + 1,
            NextRefresh = Backoff(Failures, rules),
        };
    }

    private DiscoveryState AfterMembers(NameAnswer answer, DiscoveryRules rules, long now, out DiscoveryNews news)
    {
        var all = answer.Members.OrderBy(m => m.Priority ?? 0).ThenBy(m => m.Address, StringComparer.Ordinal).ToList();
        var members = all.Take(rules.MaximumMembers).ToList();
        var isSame = members.SequenceEqual(Members);
        var leftOut = all.Count - members.Count;
        news = (isSame ? DiscoveryNews.None : DiscoveryNews.MembersChanged)
            | (Failures > 0 ? DiscoveryNews.FailureOver : DiscoveryNews.None)
            | (leftOut > 0 && LeftOut == 0 ? DiscoveryNews.LimitReached : DiscoveryNews.None);
        return this with
        {
            Failures = 0,
            Failure = "",
            Resolutions = Resolutions + 1,
            Members = isSame ? Members : members,
            LeftOut = leftOut,
            AnsweredAt = now,
            NextRefresh = Within(answer.TimeToLive, rules),
        };
    }

    /// <summary>Doubles from the minimum, so that a server that is down is not asked by every pool every second.</summary>
    private static TimeSpan Backoff(int failures, DiscoveryRules rules) =>
        Within(rules.MinimumTtl * Math.Pow(2, Math.Min(failures, 16)), rules);

    private static TimeSpan Within(TimeSpan wanted, DiscoveryRules rules) =>
        wanted < rules.MinimumTtl ? rules.MinimumTtl : wanted > rules.MaximumTtl ? rules.MaximumTtl : wanted;
}
