using System.Globalization;

namespace Scp.Streams.Messages;

/// <summary>The current time as an IMF-fixdate (RFC 9110 5.6.7), formatted once a second and shared by all threads.</summary>
public sealed class HttpDate(TimeProvider time)
{
    private sealed record Second(long Number, byte[] Bytes);

    private Second _current = new(long.MinValue, []);

    /// <summary>29 bytes, e.g. "Sun, 06 Nov 1994 08:49:37 GMT". Must not be written to.</summary>
    public byte[] Bytes
    {
        get
        {
            var now = time.GetUtcNow();
            var number = now.Ticks / TimeSpan.TicksPerSecond;
            var current = Volatile.Read(ref _current);
            if (current.Number == number) return current.Bytes;
            current = new Second(number, Format(now));
            Volatile.Write(ref _current, current);
            return current.Bytes;
        }
    }

    public static byte[] Format(DateTimeOffset time)
    {
        var bytes = new byte[29];
        time.TryFormat(bytes, out _, "R", CultureInfo.InvariantCulture);
        return bytes;
    }
}
