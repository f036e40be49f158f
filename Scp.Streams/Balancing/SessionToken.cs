using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Scp.Streams.Balancing;

/// <summary>
/// What binds a session to a backend: HMAC-SHA256 (RFC 2104) over the names of pool and backend, as base64url (RFC 4648 section 5). It
/// names nobody, and who does not know the secret can neither make one nor tell which backend it stands for.
/// </summary>
internal static class SessionToken
{
    /// <summary>32 bytes without padding.</summary>
    public const int Length = 43;

    public static byte[] Create(ReadOnlySpan<byte> secret, string pool, string backend)
    {
        var (poolLength, backendLength) = (Encoding.UTF8.GetByteCount(pool), Encoding.UTF8.GetByteCount(backend));
        var names = new byte[sizeof(int) + poolLength + backendLength];
        BinaryPrimitives.WriteInt32BigEndian(names, poolLength); // so that "a" + "bc" is not "ab" + "c"
        Encoding.UTF8.GetBytes(pool, names.AsSpan(sizeof(int)));
        Encoding.UTF8.GetBytes(backend, names.AsSpan(sizeof(int) + poolLength));
        var token = new byte[Length];
        Base64Url.EncodeToUtf8(HMACSHA256.HashData(secret, names), token);
        return token;
    }

    /// <summary>
    /// Where to look a token up. Only these 48 bits may be learnt from how long it takes; the other 208 are compared in constant time.
    /// </summary>
    public static ulong SelectorOf(ReadOnlySpan<byte> token) => BinaryPrimitives.ReadUInt64LittleEndian(token);

    public static bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => CryptographicOperations.FixedTimeEquals(a, b);
}
