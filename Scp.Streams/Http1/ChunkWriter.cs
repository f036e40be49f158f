using System.Numerics;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// The chunked coding on its way out (RFC 9112 7.1): <see cref="WriteHeader"/>, the content, <see cref="End"/>, and at the very end
/// <see cref="LastChunk"/> or <see cref="TryWriteLast"/>. Extensions are never written: they are for one hop.
/// </summary>
public static class ChunkWriter
{
    /// <summary>Eight digits and CRLF.</summary>
    public const int MaxHeader = 10;

    /// <summary>What follows the content of a chunk.</summary>
    public static ReadOnlySpan<byte> End => "\r\n"u8;

    /// <summary>The last chunk and an empty trailer section.</summary>
    public static ReadOnlySpan<byte> LastChunk => "0\r\n\r\n"u8;

    /// <summary>Writes size and CRLF; returns how many bytes, at most <see cref="MaxHeader"/>.</summary>
    /// <param name="destination">Room for <see cref="MaxHeader"/> bytes.</param>
    /// <param name="size">Bytes of content, above 0: a chunk of 0 would end the message.</param>
    public static int WriteHeader(Span<byte> destination, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var digits = (BitOperations.Log2((uint)size) >> 2) + 1;
        for (var i = digits - 1; i >= 0; i--, size >>= 4) destination[i] = "0123456789abcdef"u8[size & 15];
        End.CopyTo(destination[digits..]);
        return digits + End.Length;
    }

    /// <summary>The exact size of <see cref="TryWriteLast"/>.</summary>
    public static int MeasureLast(FieldSection? trailers) =>
        trailers is null ? LastChunk.Length : "0\r\n".Length + FieldLineWriter.Measure(trailers);

    /// <summary>Writes the last chunk with trailers; false with an error when one is invalid or there is no room.</summary>
    public static bool TryWriteLast(Span<byte> destination, FieldSection? trailers, out int written, out ProxyError error)
    {
        written = 0;
        var valid = trailers is null
            ? FieldLineWriter.TryAppend(LastChunk, destination, ref written)
            : FieldLineWriter.TryAppend("0\r\n"u8, destination, ref written)
                && FieldLineWriter.TryWrite(trailers, destination, ref written);
        if (!valid) written = 0;
        error = valid ? ProxyError.None : ProxyError.InternalError;
        return valid;
    }
}
