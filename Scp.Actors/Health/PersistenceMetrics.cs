using Scp.Streams.Telemetry;

namespace Scp.Actors.Health;

/// <summary>Whether what is known of backends reaches the database. Written by the journal's actor, read by whoever asks.</summary>
public sealed class PersistenceMetrics
{
    private long _up;
    private long _written;
    private long _failures;
    private long _dropped;
    private long _waiting;
    private long _remembered;

    /// <summary>Whether the database takes writes.</summary>
    public bool IsUp
    {
        get => Interlocked.Read(ref _up) == 1;
        internal set => Interlocked.Exchange(ref _up, value ? 1 : 0);
    }

    /// <summary>Transitions written.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Attempts to open, read or write the database that failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Facts given up: too many backends waited for the database.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Facts that wait for the database.</summary>
    public long Waiting
    {
        get => Interlocked.Read(ref _waiting);
        internal set => Interlocked.Exchange(ref _waiting, value);
    }

    /// <summary>Backends of which something is remembered.</summary>
    public long Remembered
    {
        get => Interlocked.Read(ref _remembered);
        internal set => Interlocked.Exchange(ref _remembered, value);
    }

    public IReadOnlyList<MetricFamily> Families =>
    [
        Gauge("scp.persistence.up", "1 while the health of backends reaches the database, 0 while it does not.", () => IsUp ? 1 : 0),
        Gauge("scp.persistence.remembered", "Backends of which something is remembered.", () => Remembered),
        Gauge("scp.persistence.waiting", "Facts that wait for the database.", () => Waiting),
        Counter("scp.persistence.writes", "Transitions written to the database.", () => Written),
        Counter("scp.persistence.failures", "Attempts to open, read or write the database that failed.", () => Failures),
        Counter("scp.persistence.dropped", "Facts given up because too many waited for the database.", () => Dropped),
    ];

    internal void Wrote(int transitions) => Interlocked.Add(ref _written, transitions);

    internal void Failed() => Interlocked.Increment(ref _failures);

    internal void Drop() => Interlocked.Increment(ref _dropped);

    private static MetricFamily Gauge(string name, string help, Func<double> read) =>
        new(name, MetricKind.Gauge, "", help, () => [new MetricPoint(read(), [])]);

    private static MetricFamily Counter(string name, string help, Func<double> read) =>
        new(name, MetricKind.Counter, "", help, () => [new MetricPoint(read(), [])]);
}
