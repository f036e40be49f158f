using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <content>How the exchange ends.</content>
public sealed partial class UpstreamExchange
{
    private void Fail(ProxyError error)
    {
        if (_isDone) return;
        EndAttempt(error);
        End(abort: true);
        host.Emit(new ResponseFailed(Exchange, error));
    }

    private void End(bool abort)
    {
        _connecting?.Abandon();
        _connecting = null;
        DropConnection(abort);
        Finish();
        Release();
        _sender.ForgetUnsent();
    }

    private void DropConnection(bool abort)
    {
        if (_connection is not { } connection) return;
        _connection = null;
        connection.Port.Tag = null;
        _reader.Detach()?.Release();
        connection.Close(abort);
    }

    private void Finish()
    {
        if (_isDone) return;
        _isDone = true;
        EndAttempt(ProxyError.ClientDisconnected);
        Exchange.Upstream = null;
        if (!_sender.IsComplete) _sender.StartDiscarding();
        host.Done(this);
    }

    /// <summary>A byte or a FIN passed: a tunnel of which one side has ended may be silent for less long.</summary>
    private void NoteTunnelTraffic()
    {
        if (!_isTunnel) return;
        var isOpen = _reader.State == ResponseState.Tunnel && !_sender.IsComplete;
        _deadlines.Tunnel = Clock.After(Clock.Now, isOpen ? Timeouts.TunnelIdle : Exchange.Snapshot.Timeouts.HalfClosed);
        ArmDeadlines();
    }

    private void ArmDeadlines() => host.Connection.Deadlines.Lower(_deadlines.Next);
}
