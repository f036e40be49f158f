namespace Scp.Actors.Routing;

/// <summary>A dictionary whose keys are bytes and that is asked with a span: no allocation, one hash however many they are.</summary>
internal sealed class ByteDictionary<TValue>
{
    private readonly Dictionary<byte[], TValue> _entries = new(ByteComparer.Instance);
    private readonly Dictionary<byte[], TValue>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public ByteDictionary() => _lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    public TValue? Find(ReadOnlySpan<byte> key) => _lookup.TryGetValue(key, out var value) ? value : default;

    public TValue GetOrAdd(byte[] key, Func<TValue> make)
    {
        if (!_entries.TryGetValue(key, out var value)) _entries.Add(key, value = make());
        return value;
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByteComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
