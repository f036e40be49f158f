using Scp.Streams.Dispatch;

namespace Scp.Streams.Balancing;

/// <summary>The backends of one snapshot by their session token. Immutable.</summary>
public sealed class SessionIndex
{
    private readonly Dictionary<ulong, (byte[] Token, Backend Backend)> _backends;

    public SessionIndex(SessionAffinity affinity, IReadOnlyList<Backend> backends)
    {
        _backends = new Dictionary<ulong, (byte[], Backend)>(backends.Count);
        foreach (var backend in backends)
        {
            var token = affinity.TokenOf(backend);
            _backends[SessionToken.SelectorOf(token)] = (token, backend);
        }
    }

    /// <summary>The backend that a token stands for; null when it stands for none of these.</summary>
    public Backend? Find(ReadOnlySpan<byte> token) =>
        token.Length == SessionToken.Length
        && _backends.TryGetValue(SessionToken.SelectorOf(token), out var entry)
        && SessionToken.AreEqual(token, entry.Token)
            ? entry.Backend
            : null;
}
