namespace Scp.Streams.Dispatch;

/// <summary>Attempts that were counted.</summary>
/// <param name="Successes">Attempts that did not fail.</param>
/// <param name="Failures">Attempts that failed.</param>
/// <param name="Latency">Milliseconds to the response head, of all successes together.</param>
public readonly record struct OutcomeTally(double Successes, double Failures, double Latency)
{
    public double Total => Successes + Failures;

    /// <summary>0 to 1; 0 when there was nothing.</summary>
    public double FailureRate => Total > 0 ? Failures / Total : 0;

    /// <summary>Milliseconds of a success on average; 0 when there was none.</summary>
    public double MeanLatency => Successes > 0 ? Latency / Successes : 0;

    public bool IsEmpty => Total <= 0;

    public static OutcomeTally operator +(OutcomeTally a, OutcomeTally b) =>
        new(a.Successes + b.Successes, a.Failures + b.Failures, a.Latency + b.Latency);

    public static OutcomeTally operator -(OutcomeTally a, OutcomeTally b) =>
        new(a.Successes - b.Successes, a.Failures - b.Failures, a.Latency - b.Latency);

    public static OutcomeTally operator *(OutcomeTally a, double share) => new(a.Successes * share, a.Failures * share, a.Latency * share);
}
