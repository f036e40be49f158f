using System.Diagnostics;

namespace Scp.Streams.Telemetry;

/// <summary>What every Prometheus dashboard expects of a process, and what the .NET runtime knows of itself.</summary>
public static class ProcessMetrics
{
    /// <param name="version">The program's version, for scp_build_info.</param>
    public static IReadOnlyList<MetricFamily> Families(string version) =>
    [
        Gauge("scp.build.info", "", "Always 1; the version is a label.", () => [new MetricPoint(1, [new("version", version)])]),
        Gauge("process.start.time", "s", "Start of the process, seconds since 1970.", () => One(StartTime)),
        Counter("process.cpu", "s", "Processor time used.", () => One(Environment.CpuUsage.TotalTime.TotalSeconds)),
        Gauge("process.resident.memory", "By", "Resident memory.", () => One(Environment.WorkingSet)),
        Gauge("process.open.fds", "", "Open file descriptors; 0 where the system does not tell.", () => One(OpenFiles())),
        Gauge("dotnet.gc.heap", "By", "Managed heap in use.", () => One(GC.GetTotalMemory(forceFullCollection: false))),
        Gauge("dotnet.gc.committed", "By", "Managed heap committed, as of the last collection.",
            () => One(GC.GetGCMemoryInfo().TotalCommittedBytes)),
        Counter("dotnet.gc.allocated", "By", "Managed memory allocated.", () => One(GC.GetTotalAllocatedBytes(precise: false))),
        Counter("dotnet.gc.pause", "s", "Time the process stood still for collections.",
            () => One(GC.GetTotalPauseDuration().TotalSeconds)),
        Counter("dotnet.gc.collections", "", "Collections, by generation; a higher one counts as the lower ones too.", Collections),
        Gauge("dotnet.threadpool.threads", "", "Threads of the pool.", () => One(ThreadPool.ThreadCount)),
        Gauge("dotnet.threadpool.queue.length", "", "Work items that wait for a thread of the pool.",
            () => One(ThreadPool.PendingWorkItemCount)),
    ];

    private static double StartTime { get; } = ReadStartTime();

    private static MetricFamily Gauge(string name, string unit, string help, Func<IEnumerable<MetricPoint>> read) =>
        new(name, MetricKind.Gauge, unit, help, read);

    private static MetricFamily Counter(string name, string unit, string help, Func<IEnumerable<MetricPoint>> read) =>
        new(name, MetricKind.Counter, unit, help, read);

    private static MetricPoint[] One(double value) => [new MetricPoint(value, [])];

    private static IEnumerable<MetricPoint> Collections() =>
        Enumerable.Range(0, GC.MaxGeneration + 1)
            .Select(generation => new MetricPoint(GC.CollectionCount(generation), [new("generation", generation)]));

    private static double ReadStartTime()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }

    private static int OpenFiles()
    {
        const string Descriptors = "/proc/self/fd";
        try
        {
            return Directory.Exists(Descriptors) ? Directory.EnumerateFileSystemEntries(Descriptors).Count() : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
