namespace Scp.Streams.Messages;

/// <summary>
/// Credit in bytes for the content of one direction of one exchange (DESIGN: flow control is credit per exchange). The edge that
/// emits content takes from it and never emits more than is there; whoever consumed the bytes grants them again. So one stalled
/// exchange holds back no other, and the memory of an exchange is bounded. Touched on the graph's thread only.
/// </summary>
public struct CreditWindow
{
    /// <summary>64 KiB: two large receives of 32 KiB in flight, the same as HTTP/2's initial window (RFC 9113 6.9.2).</summary>
    public const int Initial = 64 * 1024;

    /// <summary>
    /// An edge waits until so much is there: else the window falls into ever smaller pieces, each of which comes back alone and
    /// becomes a part, a receive and a chunk of a few bytes (the silly window syndrome, RFC 813).
    /// </summary>
    public const int Useful = Initial / 8;

    private int _balance;

    public CreditWindow() => _balance = Initial;

    /// <summary>Bytes that may be emitted now.</summary>
    public readonly int Available => Math.Max(0, _balance);

    public void Take(int bytes)
    {
        if (bytes > Available) throw new InvalidOperationException($"Took {bytes} bytes of credit with {Available} left.");
        _balance -= bytes;
    }

    internal void Add(int bytes) => _balance = checked(_balance + bytes);

    /// <summary>
    /// Books bytes that a filter put in beyond what the edge emitted. May go below zero, so that the edge emits nothing before as much
    /// was consumed (HTTP/2 knows the same, RFC 9113 6.9.2).
    /// </summary>
    internal void Overdraw(int bytes) => _balance = checked(_balance - bytes);
}
