using Akka.Routing;
using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>The key by which a message to a router is hashed: the same in every process.</summary>
internal static class MessageKey
{
    public static ulong Of(object message, PickRandom random) =>
        message is IConsistentHashable { ConsistentHashKey: { } key } ? HashOf(key) : random.Next();

    private static ulong HashOf(object key) => key switch
    {
        string text => StableHash.Of(text),
        byte[] bytes => StableHash.Of(bytes),
        int number => StableHash.Nth((ulong)number, 0),
        long number => StableHash.Nth((ulong)number, 0),
        Guid guid => HashOf(guid),
        _ => StableHash.Of(key.ToString() ?? ""),
    };

    private static ulong HashOf(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes);
        return StableHash.Of(bytes);
    }
}
