using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>Where content ends that is not chunked: after so many bytes, or never (until the connection closes, or a tunnel).</summary>
public struct LengthCounter(BodyFraming framing, long length)
{
    private readonly bool _endless = framing is BodyFraming.UntilClose or BodyFraming.Tunnel;

    /// <summary>Bytes still to come; <see cref="long.MaxValue"/> when only the end of the connection tells.</summary>
    public long Remaining { get; private set; } =
        framing is BodyFraming.UntilClose or BodyFraming.Tunnel ? long.MaxValue : framing == BodyFraming.Length ? length : 0;

    public readonly bool IsComplete => Remaining == 0;

    /// <summary>How many of the available bytes belong to the content; counts them.</summary>
    public int Take(int available)
    {
        if (_endless) return available;
        var taken = (int)Math.Min(available, Remaining);
        Remaining -= taken;
        return taken;
    }
}
