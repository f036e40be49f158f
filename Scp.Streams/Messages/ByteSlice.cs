namespace Scp.Streams.Messages;

/// <summary>A range of bytes inside the buffer of a <see cref="FieldSection"/>.</summary>
public readonly record struct ByteSlice(int Offset, int Length)
{
    public bool IsEmpty => Length == 0;

    public int End => Offset + Length;
}
