using System.Buffers;
using System.Text;

namespace Scp.Streams.Messages;

/// <summary>
/// Field lines as bytes in one pooled buffer, with offsets: order and case as received, no strings until somebody asks. The buffer
/// also holds the start line, so that every slice of a head points into it. Not thread-safe. <see cref="Release"/> gives the arrays
/// back; after it the section is empty and may be filled again.
/// </summary>
public sealed class FieldSection
{
    private byte[] _bytes = [];
    private FieldLine[] _lines = [];
    private ulong _present;

    private struct FieldLine
    {
        public int Name;
        public int Value;
        public int ValueLength;
        public ushort NameLength;
        public KnownField Known;
        public bool Removed;
    }

    /// <summary>Field lines ever added; a removed one keeps its index, see <see cref="IsRemoved"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the buffer in use.</summary>
    public int Length { get; private set; }

    /// <summary>Copies the raw bytes of a head (or any text) to the end of the buffer; returns where they are.</summary>
    public ByteSlice AppendBytes(ReadOnlySpan<byte> bytes)
    {
        var outgrown = Reserve(bytes.Length);
        var slice = AppendReserved(bytes);
        if (outgrown is not null) ArrayPool<byte>.Shared.Return(outgrown);
        return slice;
    }

    public ReadOnlySpan<byte> Bytes(ByteSlice slice) => _bytes.AsSpan(slice.Offset, slice.Length);

    /// <summary>The bytes of a slice for in-place rewriting by the parser (path normalisation, lower-casing the host).</summary>
    internal Span<byte> WritableBytes(ByteSlice slice) => _bytes.AsSpan(slice.Offset, slice.Length);

    /// <summary>Adds a line whose bytes are already in the buffer.</summary>
    internal void AddParsed(ByteSlice name, ByteSlice value, KnownField known)
    {
        if (Count == _lines.Length) GrowLines();
        ref var line = ref _lines[Count++];
        line.Name = name.Offset;
        line.NameLength = checked((ushort)name.Length);
        line.Value = value.Offset;
        line.ValueLength = value.Length;
        line.Known = known;
        line.Removed = false;
        _present |= 1UL << (int)known;
    }

    /// <summary>Adds a field line at the end.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var outgrown = Reserve(checked(name.Length + value.Length));
        var nameSlice = AppendReserved(name);
        AddParsed(nameSlice, AppendReserved(value), FieldNames.Recognise(name));
        if (outgrown is not null) ArrayPool<byte>.Shared.Return(outgrown);
    }

    /// <summary>Adds a field line whose name the proxy knows, spelled as its registry entry spells it.</summary>
    public void Add(KnownField known, ReadOnlySpan<byte> value)
    {
        var name = FieldNames.Spell(known);
        var outgrown = Reserve(checked(name.Length + value.Length));
        var nameSlice = AppendReserved(name);
        AddParsed(nameSlice, AppendReserved(value), known);
        if (outgrown is not null) ArrayPool<byte>.Shared.Return(outgrown);
    }

    public bool IsRemoved(int index) => _lines[index].Removed;

    public KnownField Known(int index) => _lines[index].Known;

    public ReadOnlySpan<byte> Name(int index) => _bytes.AsSpan(_lines[index].Name, _lines[index].NameLength);

    public ReadOnlySpan<byte> Value(int index) => _bytes.AsSpan(_lines[index].Value, _lines[index].ValueLength);

    public ByteSlice ValueSlice(int index) => new(_lines[index].Value, _lines[index].ValueLength);

    /// <summary>Points a line at another value that is in the buffer already.</summary>
    public void SetValue(int index, ByteSlice value)
    {
        _lines[index].Value = value.Offset;
        _lines[index].ValueLength = value.Length;
    }

    /// <summary>Gives a line another name; its place and its value stay.</summary>
    public void Rename(int index, ReadOnlySpan<byte> name)
    {
        var known = FieldNames.Recognise(name);
        var slice = AppendBytes(name);
        ref var line = ref _lines[index];
        line.Name = slice.Offset;
        line.NameLength = checked((ushort)slice.Length);
        line.Known = known;
        _present |= 1UL << (int)known;
    }

    public void RemoveAt(int index) => _lines[index].Removed = true;

    /// <summary>False when no line of that name was ever added: one bit test. True may still mean that it was removed since.</summary>
    public bool MayContain(KnownField known) => (_present & (1UL << (int)known)) != 0;

    /// <summary>False when no line of any of those names was ever added: see <see cref="MaskOf"/>.</summary>
    internal bool MayContainAny(ulong mask) => (_present & mask) != 0;

    /// <summary>The bits of those names, for <see cref="MayContainAny"/>.</summary>
    internal static ulong MaskOf(params ReadOnlySpan<KnownField> known)
    {
        var mask = 0UL;
        foreach (var field in known) mask |= 1UL << (int)field;
        return mask;
    }

    /// <summary>Index of the first line of that name that is not removed and not before <paramref name="from"/>, or -1.</summary>
    public int IndexOf(KnownField known, int from = 0)
    {
        if (!MayContain(known)) return -1;
        for (var i = from; i < Count; i++)
            if (_lines[i].Known == known && !_lines[i].Removed) return i;
        return -1;
    }

    /// <summary>Index of the first line with that name, case-insensitively (RFC 9110 5.1), or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> name, int from = 0)
    {
        for (var i = from; i < Count; i++)
            if (!_lines[i].Removed && Ascii.EqualsIgnoreCase(Name(i), name)) return i;
        return -1;
    }

    /// <summary>Removes every line of that name; returns how many there were.</summary>
    public int Remove(KnownField known)
    {
        var removed = 0;
        for (var i = IndexOf(known); i >= 0; i = IndexOf(known, i + 1))
        {
            RemoveAt(i);
            removed++;
        }

        return removed;
    }

    /// <summary>Removes every line of that name; returns how many there were.</summary>
    public int Remove(ReadOnlySpan<byte> name)
    {
        var removed = 0;
        for (var i = IndexOf(name); i >= 0; i = IndexOf(name, i + 1))
        {
            RemoveAt(i);
            removed++;
        }

        return removed;
    }

    /// <summary>The value as text, bytes above 0x7F as Latin-1: for logs and tests.</summary>
    public string? Text(KnownField known) =>
        IndexOf(known) is var i and >= 0 ? Encoding.Latin1.GetString(Value(i)) : null;

    /// <summary>The value as text, bytes above 0x7F as Latin-1: for logs and tests.</summary>
    public string? Text(string name) =>
        IndexOf(Encoding.Latin1.GetBytes(name)) is var i and >= 0 ? Encoding.Latin1.GetString(Value(i)) : null;

    /// <summary>Makes another section, which is empty, the same as this one: slices of this one hold for the other, too.</summary>
    public void CopyTo(FieldSection other)
    {
        other.AppendBytes(_bytes.AsSpan(0, Length));
        while (other._lines.Length < Count) other.GrowLines();
        _lines.AsSpan(0, Count).CopyTo(other._lines);
        other.Count = Count;
        other._present = _present;
    }

    /// <summary>Empties the section and returns its arrays to the pool. May be called twice.</summary>
    public void Release()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        if (_lines.Length > 0) ArrayPool<FieldLine>.Shared.Return(_lines);
        _bytes = [];
        _lines = [];
        _present = 0;
        Count = 0;
        Length = 0;
    }

    /// <summary>
    /// Makes room. The array that was outgrown goes back to the pool only when the caller has copied: what is appended may point into it.
    /// </summary>
    private byte[]? Reserve(int more)
    {
        var needed = checked(Length + more);
        if (needed <= _bytes.Length) return null;
        var outgrown = _bytes;
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(1024, outgrown.Length * 2)));
        outgrown.AsSpan(0, Length).CopyTo(_bytes);
        return outgrown.Length > 0 ? outgrown : null;
    }

    private ByteSlice AppendReserved(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(Length));
        var slice = new ByteSlice(Length, bytes.Length);
        Length += bytes.Length;
        return slice;
    }

    private void GrowLines()
    {
        var larger = ArrayPool<FieldLine>.Shared.Rent(Math.Max(24, _lines.Length * 2));
        _lines.AsSpan(0, Count).CopyTo(larger);
        if (_lines.Length > 0) ArrayPool<FieldLine>.Shared.Return(_lines);
        _lines = larger;
    }
}
