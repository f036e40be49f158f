namespace Scp.Host.LogReplay;

/// <summary>What is decided differently, grouped and counted. Values only, to be printed and sent as they are.</summary>
/// <param name="Lines">Lines that were read.</param>
/// <param name="Compared">Requests that were decided and compared.</param>
/// <param name="Same">Those of them with the same route, the same pool and the same answer.</param>
/// <param name="Skipped">Requests that cannot be decided again, by reason.</param>
/// <param name="Bad">Lines that are no lines of the log.</param>
/// <param name="Differences">Groups, the largest first.</param>
/// <param name="Pools">Who gets how much.</param>
/// <param name="Unpredictable">What this cannot tell.</param>
internal sealed record LogReplayReport(
    long Lines, long Compared, long Same, IReadOnlyDictionary<string, long> Skipped, BadLines Bad,
    IReadOnlyList<DifferenceGroup> Differences, IReadOnlyList<PoolShares> Pools, IReadOnlyList<string> Unpredictable);

/// <param name="Count">How many.</param>
/// <param name="FirstLine">Number of the first, from 1; 0 when there is none.</param>
/// <param name="Reason">What is wrong with the first.</param>
internal sealed record BadLines(long Count, long FirstLine, string Reason);

/// <summary>What differs.</summary>
internal enum DifferenceKind : byte
{
    Route,
    Pool,
    Answer,

    /// <summary>Host or target that the backend gets.</summary>
    Sent,
}

/// <param name="Kind">What differs.</param>
/// <param name="Before">As it was.</param>
/// <param name="After">As it would be.</param>
/// <param name="Count">For how many requests.</param>
/// <param name="Example">The first of them.</param>
/// <param name="Line">Its line.</param>
internal sealed record DifferenceGroup(DifferenceKind Kind, string Before, string After, long Count, string Example, long Line);

/// <param name="Pool">Name of the pool.</param>
/// <param name="Before">Requests that it got.</param>
/// <param name="After">Requests that it would get.</param>
/// <param name="Backends">The same for its backends.</param>
internal sealed record PoolShares(string Pool, long Before, long After, IReadOnlyList<BackendShare> Backends);

/// <param name="Backend">Name of the backend; "none" for requests that none took.</param>
/// <param name="Before">Requests that it got.</param>
/// <param name="After">Requests that it would get.</param>
internal sealed record BackendShare(string Backend, long Before, long After);
