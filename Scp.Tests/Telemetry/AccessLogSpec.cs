using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Scp.Streams.Telemetry;
using Scp.Tests.Support;

namespace Scp.Tests.Telemetry;

public sealed class AccessLogSpec : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("scp-access-log-").FullName;
    private readonly ConcurrentQueue<string> _warnings = new();

    private string LogPath => Path.Combine(_directory, "access.log");

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Every_exchange_becomes_one_line_in_order()
    {
        using (var log = Start(LogPath))
            for (var i = 0; i < 500; i++) log.OnCompleted(Exchanges.Completed(path: $"/{i}"));

        var lines = File.ReadAllLines(LogPath);
        Assert.Equal(500, lines.Length);
        Assert.All(lines, (line, i) => Assert.Contains($"\"path\":\"/{i}\"", line));
    }

    [Fact]
    public void A_log_that_is_switched_off_is_not_there() =>
        Assert.Null(AccessLog.Start(AccessLogLineSpec.Json() with { Enabled = false }, TimeProvider.System, _warnings.Enqueue));

    [Fact]
    public void A_restart_appends()
    {
        for (var run = 0; run < 2; run++)
        {
            using var log = Start(LogPath);
            log.OnCompleted(Exchanges.Completed());
        }

        Assert.Equal(2, File.ReadAllLines(LogPath).Length);
    }

    [Fact]
    public void A_full_queue_drops_and_counts_and_never_waits()
    {
        using var sink = new StuckSink();
        using var log = new AccessLog(AccessLogLineSpec.Json() with { QueueCapacity = 8 }, TimeProvider.System, sink, _warnings.Enqueue);
        log.OnCompleted(Exchanges.Completed());
        sink.Entered.Wait(TimeSpan.FromSeconds(15));

        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 20; i++) log.OnCompleted(Exchanges.Completed());

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), "The caller waited for the sink.");
        Assert.Equal(12, log.Dropped);
        sink.Let.Set();
        Eventually.Holds(() => log.Written == 9);
        Eventually.Holds(() => _warnings.Any(w => w.Contains("too slow: 12 lines")));
    }

    [Fact]
    public void A_sink_that_hangs_does_not_hold_the_process()
    {
        using var sink = new StuckSink();
        var log = new AccessLog(AccessLogLineSpec.Json(), TimeProvider.System, sink, _warnings.Enqueue);
        log.OnCompleted(Exchanges.Completed());
        sink.Entered.Wait(TimeSpan.FromSeconds(15));

        var watch = Stopwatch.StartNew();
        log.Dispose();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), "Dispose waited for the sink.");
        sink.Let.Set();
    }

    [Fact]
    public void A_full_disk_drops_counts_and_is_reported_once()
    {
        if (!File.Exists("/dev/full")) return;
        using var log = Start("/dev/full");
        for (var i = 0; i < 50; i++)
        {
            log.OnCompleted(Exchanges.Completed());
            var sent = i + 1;
            if (i < 3) Eventually.Holds(() => log.Dropped == sent);
        }

        Eventually.Holds(() => log.Dropped == 50);
        Assert.Equal(0, log.Written);
        Assert.Contains("cannot be written", Assert.Single(_warnings));
    }

    [Fact]
    public void A_sink_that_recovers_is_written_again_and_the_operator_hears_of_it()
    {
        var time = new FakeTimeProvider();
        using var sink = new FailingSink { Fails = true };
        using var log = new AccessLog(AccessLogLineSpec.Json(), time, sink, _warnings.Enqueue);
        log.OnCompleted(Exchanges.Completed(path: "/lost"));
        Eventually.Holds(() => log.Dropped == 1);

        sink.Fails = false;
        time.Advance(TimeSpan.FromMinutes(2));
        log.OnCompleted(Exchanges.Completed(path: "/kept"));

        Eventually.Holds(() => log.Written == 1);
        Eventually.Holds(() => _warnings.Count == 2);
        Assert.Contains("written again", _warnings.Last());
        Assert.Contains("/kept", sink.Text);
        Assert.DoesNotContain("/lost", sink.Text);
    }

    [Fact]
    public void Reopen_starts_a_new_file_under_the_name()
    {
        using var log = Start(LogPath);
        Send(log, "/first");
        File.Move(LogPath, LogPath + ".1");
        Send(log, "/second");

        log.Reopen();
        Send(log, "/third");

        Assert.Equal(["/first", "/second"], PathsIn(LogPath + ".1"));
        Assert.Equal(["/third"], PathsIn(LogPath));
    }

    [Fact]
    public void A_file_that_was_truncated_is_written_from_its_new_end()
    {
        using var log = Start(LogPath);
        Send(log, "/first");
        using (var file = new FileStream(LogPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(0);
        Send(log, "/second");

        Assert.Equal(["/second"], PathsIn(LogPath));
    }

    [Fact]
    public void A_batch_that_a_full_disk_cut_short_spoils_no_later_line()
    {
        var fails = true;
        using var sink = new FileSink(LogPath, TimeProvider.System, path => new FullDisk(path, () => fails));

        Assert.Throws<IOException>(() => sink.Write("first line\n"u8));
        Assert.Throws<IOException>(() => sink.Write(""u8));
        fails = false;
        sink.Write("second line\n"u8);
        sink.Write("third line\n"u8);

        Assert.Equal(["first", "second line", "third line"], File.ReadAllLines(LogPath));
    }

    [Fact]
    public void A_directory_that_vanished_is_made_again()
    {
        var time = new FakeTimeProvider();
        using var log = AccessLog.Start(AccessLogLineSpec.Json() with { Path = LogPath }, time, _warnings.Enqueue)!;
        Send(log, "/first");
        Directory.Delete(_directory, recursive: true);

        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            Send(log, $"/{i}");
        }

        Assert.Equal(["/1", "/2"], PathsIn(LogPath));
    }

    private static void Send(AccessLog log, string path)
    {
        var written = log.Written;
        log.OnCompleted(Exchanges.Completed(path: path));
        Eventually.Holds(() => log.Written == written + 1);
    }

    private static string[] PathsIn(string file) =>
        [.. File.ReadAllLines(file).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("path").GetString()!)];

    private AccessLog Start(string path) => AccessLog.Start(AccessLogLineSpec.Json() with { Path = path }, TimeProvider.System, _warnings.Enqueue)!;

    private sealed class StuckSink : ILogSink
    {
        public readonly ManualResetEventSlim Entered = new();
        public readonly ManualResetEventSlim Let = new();

        public void Write(ReadOnlySpan<byte> lines)
        {
            Entered.Set();
            Let.Wait();
        }

        public void Reopen()
        {
        }

        public void Dispose() => Let.Set();
    }

    private sealed class FullDisk(string path, Func<bool> isFull)
        : FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(isFull() ? buffer[..(buffer.Length / 2)] : buffer);
            if (isFull()) throw new IOException("No space left on device");
        }
    }

    private sealed class FailingSink : ILogSink
    {
        private readonly StringBuilder _text = new();

        public volatile bool Fails;

        public string Text => _text.ToString();

        public void Write(ReadOnlySpan<byte> lines)
        {
            if (Fails) throw new IOException("No space left on device");
            _text.Append(Encoding.UTF8.GetString(lines));
        }

        public void Reopen()
        {
        }

        public void Dispose()
        {
        }
    }
}
