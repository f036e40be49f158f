namespace Scp.Streams.Dispatch;

/// <summary>
/// The backends that this exchange has tried already: the first two without an allocation, then an array that is never written again, so
/// that adding to a copy leaves the original alone.
/// </summary>
public struct TriedBackends
{
    private Backend? _first, _second;
    private Backend[]? _more;

    public int Count { get; private set; }

    public void Add(Backend backend)
    {
        switch (Count++)
        {
            case 0: _first = backend; break;
            case 1: _second = backend; break;
            default: _more = [.. _more ?? [], backend]; break;
        }
    }

    public readonly bool Contains(Backend backend) =>
        Count > 0 && (ReferenceEquals(backend, _first) || ReferenceEquals(backend, _second)
            || (_more is not null && Array.IndexOf(_more, backend) >= 0));
}
