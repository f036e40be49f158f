using System.Threading.Channels;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Telemetry;

/// <summary>
/// The access log. The graph's thread renders the line into a pooled buffer and offers it to a bounded queue; a thread of its own
/// writes. Nothing that happens to the sink reaches traffic: a queue that is full drops the line, a sink that fails drops the batch,
/// both are counted, and the operator is told when it begins and when it ends, not for each line.
/// </summary>
public sealed class AccessLog : IExchangeObserver, IDisposable
{
    /// <summary>Lines up to this size together are one write.</summary>
    private const int BatchSize = 64 * 1024;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    /// <summary>How long stopping waits for the lines that are queued: a sink that hangs must not hold the process.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly AccessLogLine _line;
    private readonly Channel<QueuedLine> _queue;
    private readonly ILogSink _sink;
    private readonly TimeSpan _flushInterval;
    private readonly DropReport _report;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _writer;
    private readonly byte[] _batch = new byte[BatchSize];
    private TimeSpan _backOff = FirstBackOff;
    private long _dropped;
    private long _written;

    private readonly record struct QueuedLine(IoBuffer Buffer, int Length);

    internal AccessLog(AccessLogSettings settings, TimeProvider time, ILogSink sink, Action<string> warn)
    {
        _line = new AccessLogLine(settings, time);
        _sink = sink;
        _flushInterval = settings.FlushInterval;
        _report = new DropReport(settings.Path, time, warn);
        _queue = Channel.CreateBounded<QueuedLine>(new BoundedChannelOptions(settings.QueueCapacity)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait, // TryWrite then says false, so a drop can be counted
        });
        _writer = new Thread(Run) { IsBackground = true, Name = "scp-access-log" };
        _writer.Start();
    }

    /// <summary>Lines written so far.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Lines lost so far: the queue was full, or the sink failed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public IReadOnlyList<MetricFamily> Families =>
    [
        new("scp.access.log.written", MetricKind.Counter, "", "Access log lines written.", () => [new MetricPoint(Written, [])]),
        new("scp.access.log.dropped", MetricKind.Counter, "", "Access log lines lost: the queue was full, or the sink failed.",
            () => [new MetricPoint(Dropped, [])]),
    ];

    /// <summary>Starts the writer; null when the log is switched off, so that there is nothing to call.</summary>
    /// <param name="settings">What to log and where.</param>
    /// <param name="time">The clock of the exchange records.</param>
    /// <param name="warn">
    /// Told when lines begin to be lost and when that has ended, from the writer's thread, at most once a minute.
    /// </param>
    public static AccessLog? Start(AccessLogSettings settings, TimeProvider time, Action<string> warn)
    {
        if (!settings.Enabled) return null;
        ILogSink sink = settings.Path == AccessLogSettings.StandardOutput ? new StandardOutputSink() : new FileSink(settings.Path, time);
        return new AccessLog(settings, time, sink, warn);
    }

    public void OnCompleted(Exchange exchange)
    {
        var (buffer, length) = _line.Render(exchange);
        if (_queue.Writer.TryWrite(new QueuedLine(buffer, length))) return;
        buffer.Release();
        Interlocked.Increment(ref _dropped);
    }

    /// <summary>Opens the file anew, for logrotate.</summary>
    public void Reopen() => _sink.Reopen();

    /// <summary>Writes what is queued, for two seconds at most, and stops.</summary>
    public void Dispose()
    {
        if (!_queue.Writer.TryComplete()) return;
        _stopping.Cancel();
        _writer.Join(StopGrace);
    }

    private void Run()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            // Under load lines are gathered, so that the writer is woken a few times in a second and not for every line.
            _stopping.Token.WaitHandle.WaitOne(_flushInterval);
            while (_queue.Reader.TryPeek(out _)) WriteBatch();
        }

        _sink.Dispose();
    }

    private void WriteBatch()
    {
        var length = 0;
        var lines = 0;
        while (_queue.Reader.TryPeek(out var next) && (length == 0 || length + next.Length <= BatchSize))
        {
            _queue.Reader.TryRead(out next);
            lines++;
            length += Append(next, length);
        }

        try
        {
            _sink.Write(_batch.AsSpan(0, length));
        }
#pragma warning disable CA1031 // whatever the sink throws, the log must not end
        catch (Exception cause)
#pragma warning restore CA1031
        {
            Interlocked.Add(ref _dropped, lines);
            _report.Failed(cause.Message, Dropped);
            _stopping.Token.WaitHandle.WaitOne(_backOff);
            _backOff = _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
            return;
        }

        _backOff = FirstBackOff;
        Interlocked.Add(ref _written, lines);
        _report.Wrote(Dropped);
    }

    /// <summary>Copies a line into the batch; one that is longer than the whole batch is cut.</summary>
    private int Append(QueuedLine line, int at)
    {
        var length = Math.Min(line.Length, BatchSize - at);
        line.Buffer.Bytes.AsSpan(0, length).CopyTo(_batch.AsSpan(at));
        if (length < line.Length) _batch[at + length - 1] = (byte)'\n';
        line.Buffer.Release();
        return length;
    }
}
