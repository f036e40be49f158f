namespace Scp.Streams.Limits;

/// <summary>Something with deadlines of its own.</summary>
public interface IDeadlineOwner
{
    /// <summary>Acts on what is due; returns the next deadline, or <see cref="Clock.Never"/>. On the graph's thread.</summary>
    long OnTick(long now);
}

/// <summary>
/// The deadlines of one connection. A coarse sweep over all connections of a listener compares <see cref="Next"/> with the clock and
/// wakes the graph only when something may be due: no timer for a request or a connection. Stages only ever lower it; it
/// is raised by the tick itself, so a request that finishes in time costs two comparisons.
/// </summary>
public sealed class Deadlines
{
    private readonly List<IDeadlineOwner> _owners = new(2);
    private long _next = Clock.Never;

    /// <summary>When something may be due. Read by the sweep on another thread.</summary>
    public long Next => Volatile.Read(ref _next);

    public void Register(IDeadlineOwner owner) => _owners.Add(owner);

    /// <summary>Makes sure that a tick comes at that time.</summary>
    public void Lower(long deadline)
    {
        if (deadline < Volatile.Read(ref _next)) Volatile.Write(ref _next, deadline);
    }

    /// <summary>True when a tick is due; then claims it, so that one sweep wakes a connection once.</summary>
    public bool TryClaim(long now)
    {
        if (Volatile.Read(ref _next) > now) return false;
        Volatile.Write(ref _next, Clock.Never);
        return true;
    }

    /// <summary>Runs the tick on the graph's thread.</summary>
    public void Tick(long now)
    {
        var next = Clock.Never;
        for (var i = 0; i < _owners.Count; i++) next = Math.Min(next, _owners[i].OnTick(now));
        Lower(next);
    }
}
