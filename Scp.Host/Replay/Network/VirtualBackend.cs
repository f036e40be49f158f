using System.Globalization;
using System.Text;
using Scp.Host.Replay.Scenarios;
using Scp.Host.Replay.Time;
using Scp.Streams.Balancing;

namespace Scp.Host.Replay.Network;

/// <summary>What becomes of an attempt to connect.</summary>
internal enum Reachability
{
    Accepts,
    Refuses,

    /// <summary>Packets are lost: nothing comes back.</summary>
    Unreachable,
}

/// <summary>
/// A backend that behaves by its script: takes requests, works on as many at once as it can, answers after the time its latency says, and
/// fails as told.
/// </summary>
internal sealed class VirtualBackend(string name, BackendScript script, VirtualLoop loop, PickRandom random, IBackendObserver observer)
{
    private readonly List<BackendConnection> _connections = [];
    private readonly Queue<(BackendConnection Connection, int Epoch)> _waiting = new();
    private readonly byte[] _ok = Response(200, name);
    private readonly byte[] _error = Response(500, name);
    private int _working;
    private int _epoch;
    private bool _hangs;
    private double _slowness = 1, _errors = script.Errors, _resets;

    public string Name { get; } = name;

    public string Address { get; } = script.Address;

    public Reachability Reachability { get; private set; }

    /// <summary>The field by which a client learns who answered.</summary>
    public const string NameField = "x-backend";

    public BackendConnection Accept(VirtualTransport transport, Caller caller)
    {
        if (caller == Caller.Probe) observer.OnAttempt(Name, caller, isRefused: false); // each has a connection of its own
        var connection = new BackendConnection(this, transport, caller);
        _connections.Add(connection);
        return connection;
    }

    public void NoteRefused(Caller caller) => observer.OnAttempt(Name, caller, isRefused: true);

    public void Forget(BackendConnection connection) => _connections.Remove(connection);

    /// <summary>Something happens to it, as its script says.</summary>
    public void Change(BackendChange change)
    {
        switch (change.Does)
        {
            case Behaviour.Crash: Die(Reachability.Refuses); break;
            case Behaviour.Unreachable: Reachability = Reachability.Unreachable; break;
            case Behaviour.Hang: _hangs = true; break;
            case Behaviour.Slow: _slowness = change.Factor; break;
            case Behaviour.Fail: _errors = change.Share; break;
            case Behaviour.Reset: _resets = change.Share; break;
            case Behaviour.Return: Return(); break;
        }
    }

    /// <summary>A whole request came.</summary>
    public void Take(BackendConnection connection)
    {
        if (connection.Caller == Caller.Traffic) observer.OnAttempt(Name, Caller.Traffic, isRefused: false);
        if (_hangs || Reachability != Reachability.Accepts) return;
        if (_working < script.Workers) Work(connection);
        else _waiting.Enqueue((connection, _epoch));
    }

    private void Work(BackendConnection connection)
    {
        _working++;
        var epoch = _epoch;
        loop.After(LatencySampler.Draw(script.Latency, random) * _slowness, () =>
        {
            if (epoch == _epoch) Finish(connection);
        });
    }

    private void Finish(BackendConnection connection)
    {
        _working--;
        if (!_hangs && Reachability == Reachability.Accepts) Answer(connection);
        while (_working < script.Workers && _waiting.TryDequeue(out var next))
            if (next.Epoch == _epoch && next.Connection.IsOpen) Work(next.Connection);
    }

    private void Answer(BackendConnection connection)
    {
        if (_resets > 0 && random.NextDouble() < _resets) connection.AnswerHalf(_ok);
        else connection.Answer(_errors > 0 && random.NextDouble() < _errors ? _error : _ok);
    }

    /// <summary>Its process is gone: what it was working on is lost, and its kernel cuts the connections.</summary>
    private void Die(Reachability reachability)
    {
        _epoch++;
        _working = 0;
        _waiting.Clear();
        Reachability = reachability;
        foreach (var connection in _connections.ToList()) connection.Cut();
        _connections.Clear();
    }

    /// <summary>A fresh process in good health.</summary>
    private void Return()
    {
        Die(Reachability.Accepts);
        _hangs = false;
        (_slowness, _errors, _resets) = (1, script.Errors, 0);
    }

    private static byte[] Response(int status, string name)
    {
        var reason = status == 200 ? "OK" : "Internal Server Error";
        return Encoding.Latin1.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {reason}\r\ncontent-length: 64\r\n{NameField}: {name}\r\n\r\n{new string('.', 64)}"));
    }
}

/// <summary>Hears what reaches the backends.</summary>
internal interface IBackendObserver
{
    /// <summary>A request came, or a probe did, or a connection was refused.</summary>
    void OnAttempt(string backend, Caller caller, bool isRefused);
}
