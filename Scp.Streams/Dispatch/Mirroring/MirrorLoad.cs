using Scp.Streams.Dispatch.Overload;

namespace Scp.Streams.Dispatch.Mirroring;

/// <summary>What became of a copy, or why none was made.</summary>
public enum MirrorOutcome : byte
{
    /// <summary>A complete response came, whatever its status.</summary>
    Answered,

    /// <summary>The connection could not be made, or broke.</summary>
    Failed,

    TimedOut,

    /// <summary>The pool had no backend for it, or none with room.</summary>
    NoBackend,

    /// <summary>Not made: as many copies as allowed are under way.</summary>
    TooMany,

    /// <summary>Not made: the content is larger than allowed.</summary>
    TooLarge,

    /// <summary>The client did not complete its request.</summary>
    Incomplete,
}

/// <summary>Counts the copies of one route: one object through all configurations, shared by all graphs.</summary>
public sealed class MirrorLoad
{
    private readonly long[] _outcomes = new long[Enum.GetValues<MirrorOutcome>().Length];
    private int _inFlight;

    /// <summary>Copies under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public long Count(MirrorOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    internal bool TryBegin(int limit)
    {
        if (Reservation.TryTake(ref _inFlight, limit)) return true;
        Interlocked.Increment(ref _outcomes[(int)MirrorOutcome.TooMany]);
        return false;
    }

    internal void End(MirrorOutcome outcome)
    {
        Interlocked.Increment(ref _outcomes[(int)outcome]);
        Interlocked.Decrement(ref _inFlight);
    }

    internal void Refuse(MirrorOutcome outcome) => Interlocked.Increment(ref _outcomes[(int)outcome]);
}
