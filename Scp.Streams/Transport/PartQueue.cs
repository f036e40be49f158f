using System.Diagnostics.CodeAnalysis;

namespace Scp.Streams.Transport;

/// <summary>
/// Parts that wait for an outlet to be pulled, in order. Mostly there are none and seldom more than one, so the first needs no queue: an
/// idle connection pays for nothing.
/// </summary>
public struct PartQueue<T>
    where T : class
{
    private T? _first;
    private Queue<T>? _rest;

    public readonly int Count => _first is null ? 0 : 1 + (_rest?.Count ?? 0);

    public void Enqueue(T part)
    {
        if (_first is null) _first = part;
        else (_rest ??= new Queue<T>(4)).Enqueue(part);
    }

    public bool TryDequeue([NotNullWhen(true)] out T? part)
    {
        part = _first;
        if (part is null) return false;
        _first = _rest is { Count: > 0 } rest ? rest.Dequeue() : null;
        return true;
    }
}
