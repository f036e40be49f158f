using Scp.Streams.Settings;

namespace Scp.Streams.Limits;

/// <summary>Size limits of messages (scp.limits), all in bytes or counts. Defaults and reasons are in reference.conf.</summary>
public sealed record LimitSettings
{
    /// <summary>The request line without its line end. Over it: 414.</summary>
    [ByteSize, InRange("256B", "64KiB")]
    public required int RequestLine { get; init; }

    /// <summary>Request line and all field lines together. Over it: 431.</summary>
    [ByteSize, InRange("512B", "256KiB")]
    public required int RequestHead { get; init; }

    /// <summary>One field line. Over it: 431.</summary>
    [ByteSize, InRange("256B", "64KiB")]
    public required int FieldLine { get; init; }

    /// <summary>Field lines in a request head. Over it: 431.</summary>
    [InRange(1, 10000)]
    public required int FieldCount { get; init; }

    /// <summary>A trailer section. Over it: 431.</summary>
    [ByteSize, InRange("0B", "64KiB")]
    public required int Trailers { get; init; }

    /// <summary>The extensions of one chunk, and of all chunks of one message together. Over it: 400.</summary>
    [ByteSize, InRange("0B", "1MiB")]
    public required int ChunkExtensions { get; init; }

    /// <summary>Content of one request; <see cref="long.MaxValue"/> is off. Over it: 413.</summary>
    [ByteSize, AllowOff, InRange("1B", "1024TiB")]
    public required long RequestContent { get; init; }

    /// <summary>Status line and all field lines of a response. Over it: 502.</summary>
    [ByteSize, InRange("512B", "1MiB")]
    public required int ResponseHead { get; init; }

    /// <summary>Field lines in a response head. Over it: 502.</summary>
    [InRange(1, 10000)]
    public required int ResponseFieldCount { get; init; }

    /// <summary>Interim (1xx) responses before the final one. Over it: 502.</summary>
    [InRange(0, 1000)]
    public required int InterimResponses { get; init; }

    /// <summary>
    /// Request content that is read and thrown away to keep a connection usable after an early response; over it the connection closes.
    /// </summary>
    [ByteSize, InRange("0B", "64MiB")]
    public required int DiscardedContent { get; init; }

    /// <summary>Requests on one connection, then it closes after the response; <see cref="int.MaxValue"/> is off.</summary>
    [AllowOff, InRange(1, 1000000000)]
    public required int RequestsPerConnection { get; init; }
}
