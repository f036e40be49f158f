using BenchmarkDotNet.Attributes;
using Scp.Streams.Dispatch;

namespace Scp.Benchmarks;

/// <summary>What health costs a request: one report, and nothing allocated.</summary>
[MemoryDiagnoser]
public class OutcomeBenchmarks
{
    private readonly BackendOutcomes _outcomes = new() { Watch = OutcomeWatch.Silent with { Threshold = 5 } };
    private long _now;

    [Benchmark]
    public void Success() => _outcomes.Report(AttemptOutcome.Success, 3, _now++);

    [Benchmark]
    public void Failure() => _outcomes.Report(AttemptOutcome.ServerError, 3, _now++);
}
