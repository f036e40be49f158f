using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Scp.Tests.EndToEnd.Failover;

/// <summary>What became of one request.</summary>
/// <param name="Due">When it was to be sent, in seconds since the load began.</param>
/// <param name="Latency">From then until the whole response was there.</param>
/// <param name="Status">0 when there was none.</param>
/// <param name="Backend">The content of the response: who answered.</param>
internal readonly record struct Sample(double Due, TimeSpan Latency, int Status, string Backend)
{
    public bool IsFailed => Status != 200;
}

/// <summary>
/// Requests at a constant rate over keep-alive connections. The rate does not wait for answers: latency counts from when a request was
/// due, so one slow answer does not hide those that had to wait behind it.
/// </summary>
internal sealed class OpenLoad : IAsyncDisposable
{
    private const int Connections = 64;

    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: failover.example\r\n\r\n"u8.ToArray();

    private readonly Uri _address;
    private readonly double _rate;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Sample> _samples = [];
    private readonly Task[] _clients;
    private int _next = -1;

    public OpenLoad(Uri address, double rate)
    {
        _address = address;
        _rate = rate;
        _clients = [.. Enumerable.Range(0, Connections).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>Seconds since the load began.</summary>
    public double Now => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public IReadOnlyList<Sample> Samples => [.. _samples];

    /// <summary>Requests that were due from one moment to another.</summary>
    public IReadOnlyList<Sample> Between(double from, double until) => [.. _samples.Where(s => s.Due >= from && s.Due < until)];

    public static async Task RunForAsync(double seconds) => await Task.Delay(TimeSpan.FromSeconds(seconds));

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_clients).WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var buffer = new byte[4096];
        Socket? socket = null;
        while (!_stopping.IsCancellationRequested)
        {
            var due = Interlocked.Increment(ref _next) / _rate;
            if (due > Now) await Task.Delay(TimeSpan.FromSeconds(due - Now));
            var (status, backend) = (0, "");
            try
            {
                socket ??= await ConnectAsync();
                (status, backend) = await ExchangeAsync(socket, buffer);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                socket?.Dispose();
                socket = null;
            }

            _samples.Enqueue(new Sample(due, TimeSpan.FromSeconds(Now - due), status, backend));
        }

        socket?.Dispose();
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_address.Host, _address.Port);
        return socket;
    }

    private static async Task<(int Status, string Backend)> ExchangeAsync(Socket socket, byte[] buffer)
    {
        await socket.SendAsync(Request);
        var received = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(received));
            if (read == 0) throw new IOException("closed");
            received += read;
            var text = Encoding.Latin1.GetString(buffer, 0, received);
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head < 0) continue;
            var length = LengthOf(text[..head]);
            if (text.Length < head + 4 + length) continue;
            return (int.Parse(text.AsSpan(9, 3)), text[(head + 4)..]);
        }
    }

    private static int LengthOf(string head)
    {
        const string Name = "content-length: ";
        var start = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (start < 0) return 0;
        start += Name.Length;
        var end = head.IndexOf('\r', start);
        return int.Parse(head.AsSpan(start, (end < 0 ? head.Length : end) - start));
    }
}

/// <summary>What a stretch of the load looked like to clients.</summary>
internal static class Samples
{
    public static int Failed(this IReadOnlyList<Sample> samples) => samples.Count(s => s.IsFailed);

    public static double FailedShare(this IReadOnlyList<Sample> samples) => samples.Count == 0 ? 0 : (double)samples.Failed() / samples.Count;

    public static double ShareOf(this IReadOnlyList<Sample> samples, string backend) =>
        samples.Count == 0 ? 0 : (double)samples.Count(s => s.Backend == backend) / samples.Count;

    /// <summary>Milliseconds that the given share of the requests took at most.</summary>
    public static double Quantile(this IReadOnlyList<Sample> samples, double share)
    {
        var sorted = samples.Select(s => s.Latency.TotalMilliseconds).Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
    }

    public static string Describe(this IReadOnlyList<Sample> samples) =>
        $"{samples.Count} requests, {samples.FailedShare():P2} failed, p50 {samples.Quantile(0.5):0.0} ms, p99 {samples.Quantile(0.99):0.0} ms, "
        + string.Join(", ", samples.GroupBy(s => s.Status == 200 ? s.Backend : $"status {s.Status}").OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Count()}"));
}
