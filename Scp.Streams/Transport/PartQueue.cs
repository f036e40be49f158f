namespace Scp.Streams.Transport;

/// <summary>
/// Parts that wait for an outlet to be pulled. Almost always there are none, so an idle connection pays for no queue.
/// </summary>
public struct PartQueue<T>
    where T : class
{
    private Queue<T>? _queue;

    public readonly int Count => _queue?.Count ?? 0;

    public void Enqueue(T part) => (_queue ??= new Queue<T>(4)).Enqueue(part);

    public readonly bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? part)
    {
        if (_queue is { Count: > 0 } queue)
        {
            part = queue.Dequeue();
            return true;
        }

        part = null;
        return false;
    }
}
