namespace Scp.Streams.Dispatch;

/// <summary>
/// The backends that this exchange has tried already: the first four without an allocation, then an array that is never written again, so
/// that adding to a copy leaves the original alone.
/// </summary>
public struct TriedBackends
{
    private Backend? _a, _b, _c, _d;
    private Backend[]? _more;

    public int Count { get; private set; }

    public void Add(Backend backend)
    {
        switch (Count++)
        {
            case 0: _a = backend; break;
            case 1: _b = backend; break;
            case 2: _c = backend; break;
            case 3: _d = backend; break;
            default: _more = [.. _more ?? [], backend]; break;
        }
    }

    public readonly bool Contains(Backend backend) =>
        Count > 0 && (ReferenceEquals(backend, _a) || ReferenceEquals(backend, _b) || ReferenceEquals(backend, _c)
            || ReferenceEquals(backend, _d) || (_more is not null && Array.IndexOf(_more, backend) >= 0));
}
