namespace Scp.Tests.Support;

/// <summary>Cuts bytes at random places: packets end where they like.</summary>
internal sealed class Rechunker(int seed)
{
    private readonly Random _random = new(seed);

    public IEnumerable<byte[]> Cut(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, _random.Next(3) switch { 0 => 1, 1 => _random.Next(1, 20), _ => _random.Next(1, 5000) });
            yield return bytes[at..(at + length)];
            at += length;
        }
    }
}
