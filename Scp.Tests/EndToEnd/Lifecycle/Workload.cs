using System.Collections.Concurrent;

namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>
/// Keep-alive clients that request one thing after the other and count what they get. A client that is told to close does not come back
/// unless it is asked to; a request without its whole response is a failure, whatever the reason.
/// </summary>
internal sealed class Workload : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task[] _clients;
    private int _answered, _closed;

    /// <param name="address">Of a listener.</param>
    /// <param name="paths">One client for each, which requests it again and again.</param>
    /// <param name="reconnects">Whether a client that was told to close connects anew.</param>
    public Workload(Uri address, IEnumerable<string> paths, bool reconnects = false) =>
        _clients = [.. paths.Select(path => Task.Run(() => RunAsync(address, path, reconnects)))];

    /// <summary>Complete responses.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Responses with Connection: close.</summary>
    public int Closed => Volatile.Read(ref _closed);

    public ConcurrentQueue<string> Failures { get; } = [];

    /// <summary>Other contents than before, for tests that change what is answered.</summary>
    public ConcurrentDictionary<string, int> Statuses { get; } = [];

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_clients).WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Until every client was told to close.</summary>
    public Task EndAsync() => Task.WhenAll(_clients).WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync(Uri address, string path, bool reconnects)
    {
        do
        {
            try
            {
                using var client = await WireClient.ConnectAsync(address);
                if (!await ServeAsync(client, path)) continue;
            }
            catch (Exception e)
            {
                Failures.Enqueue($"{path}: {e.GetType().Name} {e.Message}");
            }

            return;
        }
        while (reconnects && !_stopping.IsCancellationRequested);
    }

    /// <summary>Requests until the test or the server ends it; true when it was the test.</summary>
    private async Task<bool> ServeAsync(WireClient client, string path)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var response = await client.ExchangeAsync(path);
            Interlocked.Increment(ref _answered);
            Statuses.AddOrUpdate($"{response.Status}", 1, (_, n) => n + 1);
            if (!response.Closes) continue;
            Interlocked.Increment(ref _closed);
            await client.EndsAsync();
            return false;
        }

        return true;
    }
}
