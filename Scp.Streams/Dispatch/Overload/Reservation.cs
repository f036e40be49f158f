namespace Scp.Streams.Dispatch.Overload;

/// <summary>Counts up to a limit without a lock, and never beyond it, not even for a moment.</summary>
internal static class Reservation
{
    public static bool TryTake(ref int count, int limit)
    {
        if (limit == int.MaxValue)
        {
            Interlocked.Increment(ref count);
            return true;
        }

        // Counting first and taking it back would for a moment show others a place less than there is.
        var current = Volatile.Read(ref count);
        while (current < limit)
        {
            var seen = Interlocked.CompareExchange(ref count, current + 1, current);
            if (seen == current) return true;
            current = seen;
        }

        return false;
    }
}
