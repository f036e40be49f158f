using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>
/// A piece of content on its way through the filters. Its bytes are valid until the hook completes; a filter that keeps them copies them
/// or retains the buffer of <see cref="Slice"/>. Content that is replaced by nothing is held back: the filter may bring it later.
/// </summary>
public sealed class FilterContent
{
    public ContentSlice Slice { get; private set; }

    public ReadOnlySpan<byte> Span => Slice.Span;

    public ReadOnlyMemory<byte> Memory => Slice.Memory;

    public int Length => Slice.Length;

    /// <summary>Nothing of this message comes after it, but perhaps trailers.</summary>
    public bool EndsMessage { get; private set; }

    /// <summary>Bytes before any filter, for which the edge has taken credit.</summary>
    internal int ReceivedLength { get; private set; }

    internal bool IsReplaced { get; private set; }

    /// <summary>Replaces the bytes by a copy of others, which may be the old ones or a part of them.</summary>
    public void Replace(ReadOnlySpan<byte> bytes) => Replace(ContentSlice.Copy(bytes));

    /// <summary>Replaces the bytes; the reference that the slice carries passes to the chain.</summary>
    public void Replace(ContentSlice content)
    {
        var old = Slice;
        Slice = content;
        IsReplaced = true;
        old.Release();
    }

    internal void Begin(ContentSlice content, bool endsMessage)
    {
        Slice = content;
        EndsMessage = endsMessage;
        ReceivedLength = content.Length;
        IsReplaced = false;
    }

    /// <summary>Passes the reference on.</summary>
    internal ContentSlice Take()
    {
        var slice = Slice;
        Slice = default;
        return slice;
    }
}
