using System.Diagnostics;

namespace Scp.Peers.Load;

/// <summary>
/// Sends requests on schedule over a fixed set of connections, in one thread. A request whose time has come waits for a free
/// connection with its clock already running.
/// </summary>
internal sealed class ConstantRate
{
    private const long Second = 1_000_000_000;
    private const long DrainLimit = 2 * Second;
    private const long LateLimit = Second / 1000;

    private readonly Epoll _epoll = new();
    private readonly Connection[] _connections;
    private readonly Stack<Connection> _free;
    private readonly double _rate;

    public ConstantRate(int port, int connections, double rate)
    {
        _rate = rate;
        _connections = new Connection[connections];
        _free = new Stack<Connection>(connections);
        for (var i = 0; i < connections; i++)
        {
            _connections[i] = new Connection(port);
            _epoll.Add(_connections[i].Descriptor, i);
            _free.Push(_connections[i]);
        }
    }

    public int Errors { get; private set; }

    /// <summary>Requests sent late though a connection was free: the generator's own fault, so their latency says nothing.</summary>
    public int Late { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <summary>Latencies in nanoseconds, from the intended start of each request.</summary>
    public long[] Run(double seconds)
    {
        var total = (int)(_rate * seconds);
        var latencies = new long[total];
        var (sent, answered, failed) = (0, 0, 0);
        var start = Now();
        var allBusyAt = start;
        Late = 0;
        long Due(int request) => start + (long)(request * (Second / _rate));

        while (answered + failed < total)
        {
            var now = Now();
            while (sent < total && Due(sent) <= now && _free.TryPop(out var free))
            {
                if (now - Due(sent) > LateLimit && Due(sent) > allBusyAt)
                    Late++;
                free.Send(Due(sent++));
            }

            if (_free.Count == 0)
                allBusyAt = now;

            if (sent < total && _free.Count == 0 && failed > 0 && sent - answered - failed == 0)
                break; // every connection is gone
            if (now > Due(total) + DrainLimit)
                break;

            var wait = sent < total && _free.Count > 0 ? Due(sent) - now : Second / 10;
            foreach (var index in _epoll.Wait(Math.Max(0, wait)))
            {
                var connection = _connections[index];
                switch (connection.Receive())
                {
                    case Answer.Complete:
                        latencies[answered++] = Now() - connection.DueAt;
                        _free.Push(connection);
                        break;
                    case Answer.Failed:
                        failed++;
                        break;
                }
            }
        }

        Elapsed = TimeSpan.FromSeconds((Now() - start) / (double)Second);
        Errors += total - answered;
        Array.Resize(ref latencies, answered);
        return latencies;
    }

    private static long Now() => (long)(Stopwatch.GetTimestamp() * ((double)Second / Stopwatch.Frequency));
}
