using System.Buffers;
using System.IO.Pipelines;

namespace Scp.Host.LogReplay;

/// <summary>The lines of a log of any size, one at a time; memory is that of the longest line that is accepted.</summary>
internal static class LogLines
{
    /// <summary>A line of scpd has fewer: each value is cut at 2 KiB.</summary>
    public const int LongestLine = 256 * 1024;

    private const int ReadSize = 1024 * 1024;

    /// <summary>
    /// Calls back for each line, without its line end, until it says false or the stream ends. A line that is too long comes as null.
    /// </summary>
    public static async Task ReadAsync(Stream stream, Func<ReadOnlySequence<byte>?, bool> line, CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, leaveOpen: true));
        var isSkipping = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                var one = rest.Slice(0, end);
                rest = rest.Slice(rest.GetPosition(1, end));
                var wanted = isSkipping || one.Length > LongestLine ? line(null) : line(one);
                isSkipping = false;
                if (!wanted) return;
            }

            if (read.IsCompleted)
            {
                if (isSkipping || rest.Length > LongestLine) line(null);
                else if (!rest.IsEmpty) line(rest); // the last one need not have a line end
                return;
            }

            if (rest.Length > LongestLine)
            {
                isSkipping = true;
                rest = rest.Slice(rest.End);
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }
    }
}
