using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch;

/// <summary>Picks one backend of those that are available. Thread-safe, lock-free, allocates nothing.</summary>
public interface ILoadBalancingPolicy
{
    /// <summary>The name in the configuration, e.g. "round-robin".</summary>
    string Name { get; }

    /// <summary>The index of the backend to use, or -1 when there is none that <paramref name="tried"/> does not exclude.</summary>
    int Pick(Exchange exchange, IReadOnlyList<Backend> available, in TriedBackends tried);
}
