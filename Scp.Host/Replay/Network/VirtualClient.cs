using System.Net;
using Scp.Host.Replay.Scenarios;
using Scp.Host.Replay.Time;
using Scp.Streams.Balancing;

namespace Scp.Host.Replay.Network;

/// <summary>Opens a connection to the proxy.</summary>
internal delegate VirtualTransport ConnectToProxy(IVirtualPeer peer, IPEndPoint address);

/// <summary>
/// A group of clients: requests arrive at their rate, however slow the answers are (an open loop), and go out over keep-alive connections. A
/// request that waits for a connection waits in its own time.
/// </summary>
internal sealed class VirtualClient(
    ClientScript script, int number, VirtualLoop loop, PickRandom random, ConnectToProxy connect, IClientObserver observer)
{
    private readonly Stack<ClientSession> _idle = new();
    private readonly Queue<ClientRequest> _waiting = new();
    private readonly double _weights = script.Requests.Sum(r => r.Weight);
    private readonly double _gap = TimeSpan.TicksPerSecond / script.Rate;
    private double _next;
    private TimeSpan _end;
    private int _open, _opened;

    public IClientObserver Observer { get; } = observer;

    public TimeSpan Patience { get; } = script.Timeout;

    /// <summary>Begins to send at its time, until the end of the run at the latest.</summary>
    public void Start(TimeSpan end)
    {
        _end = end;
        var until = script.Until is { } own && own < end ? own : end;
        _next = script.From.Ticks;
        Schedule(until);
    }

    /// <summary>The session has its answer.</summary>
    public void Free(ClientSession session)
    {
        if (!session.IsOpen) return;
        if (_waiting.TryDequeue(out var request)) session.Send(request);
        else _idle.Push(session);
    }

    /// <summary>A session's connection is gone.</summary>
    public void Lost()
    {
        _open--;
        if (loop.Elapsed < _end && _waiting.TryDequeue(out var request)) Send(request);
    }

    private void Schedule(TimeSpan until)
    {
        _next += script.Arrivals == Arrivals.Even ? _gap : _gap * -Math.Log(1 - random.NextDouble());
        if (_next >= until.Ticks) return;
        loop.At((long)_next, () =>
        {
            Send(Draw());
            Schedule(until);
        });
    }

    private ClientRequest Draw()
    {
        var draw = random.NextDouble() * _weights;
        var kind = script.Requests[^1];
        foreach (var candidate in script.Requests)
        {
            draw -= candidate.Weight;
            if (draw >= 0) continue;
            kind = candidate;
            break;
        }

        return new ClientRequest(loop.Now, kind, random.Next(script.Keys));
    }

    private void Send(ClientRequest request)
    {
        while (_idle.TryPop(out var idle))
        {
            if (!idle.IsOpen) continue;
            idle.Send(request);
            return;
        }

        if (_open >= script.Connections) _waiting.Enqueue(request);
        else Open().Send(request);
    }

    private ClientSession Open()
    {
        _open++;
        var host = _opened++ % script.Addresses;
        var session = new ClientSession(this, loop);
        session.Transport = connect(session, new IPEndPoint(AddressOf(number, host), 40000 + (_opened % 20000)));
        return session;
    }

    /// <summary>Groups in networks of their own, 10.100.0.0/16 and up.</summary>
    private static IPAddress AddressOf(int group, int host) =>
        new([10, (byte)(100 + (group % 100)), (byte)(host >> 8), (byte)(host & 255)]);
}
