using System.Text;

namespace Scp.Host.Replay.Network;

/// <summary>
/// Cuts a stream of messages that the proxy wrote: head by its empty line, content by Content-Length or chunked coding. What it reads is
/// our own output, so it knows no hostile input; what it cannot read ends the run with an error.
/// </summary>
internal sealed class MessageScanner
{
    private readonly List<byte> _bytes = [];

    public bool HasBegun => _bytes.Count > 0;

    public void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    public void Clear() => _bytes.Clear();

    /// <summary>Takes the head of the next whole message off the stream; its content is dropped. Null when it is not whole.</summary>
    /// <param name="hasNoContent">Whatever its fields say, as in a response to HEAD.</param>
    public string? Take(bool hasNoContent = false)
    {
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0) return null;
        var head = Encoding.Latin1.GetString(bytes[..(end + 2)]);
        var content = hasNoContent ? 0 : ContentLength(head, bytes[(end + 4)..]);
        if (content < 0 || bytes.Length < end + 4 + content) return null;
        _bytes.RemoveRange(0, end + 4 + content);
        return head;
    }

    /// <summary>The value of a field, or null.</summary>
    public static string? Field(string head, string name)
    {
        var start = head.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (start < 0) return null;
        start += name.Length + 3;
        return head[start..head.IndexOf("\r\n", start, StringComparison.Ordinal)].Trim();
    }

    /// <summary>Bytes of the content as framed, or -1 when it is not whole.</summary>
    private static int ContentLength(string head, ReadOnlySpan<byte> rest)
    {
        if (Field(head, "content-length") is { } length) return int.Parse(length);
        if (Field(head, "transfer-encoding") is null) return 0;
        var last = rest.IndexOf("0\r\n\r\n"u8);
        return last < 0 ? -1 : last + 5;
    }
}
