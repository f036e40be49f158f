using Scp.Streams.Balancing;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <content>Which backend, and a connection to it.</content>
public sealed partial class UpstreamExchange
{
    private void Pick()
    {
        if (_tried.Count >= pool.Upstream.ConnectAttempts)
        {
            Fail(_lastError);
            return;
        }

        ReleaseBackend();
        switch (TryReserve())
        {
            case PickRefusal.None: Begin(); break;
            case PickRefusal.AllBusy when _tried.Count == 0: Enqueue(); break;
            case PickRefusal.SessionBackendGone: Fail(ProxyError.SessionBackendGone); break;
            case PickRefusal.CircuitOpen when _tried.Count == 0: Fail(ProxyError.CircuitOpen); break;
            default: Fail(_lastError); break;
        }
    }

    private void Begin()
    {
        var backend = _standing!.Backend;
        _tried.Add(backend);
        Exchange.Record.Backend = backend.Name;
        BeginAttempt(backend);
        RequestSender.PrepareHead(Exchange.Request, backend, Exchange.Route!.SendsBackendHost);
        if (TakeIdle() is { } idle) Use(idle, isReused: true);
        else Connect();
    }

    private UpstreamConnection? TakeIdle()
    {
        if (pool.Upstream.SendProxyProtocol != ProxyProtocolVersion.Off) return null; // such a connection speaks for one client
        while (_backend!.Connections.TryTake(_now, pool.Upstream.IdleTimeout) is { } idle)
        {
            if (!idle.TryLease(host)) continue;
            if (idle.Port.IsReceivePending) return idle;
            idle.Close(abort: true); // it spoke before it was asked: whatever came belongs to nobody
        }

        return null;
    }

    private void ConnectFailed(ProxyError error)
    {
        _lastError = error;
        _now = Clock.Now;
        _backend!.Metrics?.ConnectFailed(error);
        EndAttempt(error);
        Pick();
    }

    private void Connect()
    {
        _now = Clock.Now;
        _deadlines.Connect = Clock.After(_now, pool.Upstream.ConnectTimeout);
        ArmDeadlines();
        _connecting = new PendingConnect(this, host.DeliverConnect);
        _connecting.Start(host.Connection.Connector, _backend!);
    }

    private void Use(UpstreamConnection connection, bool isReused)
    {
        _connection = connection;
        _isReused = isReused;
        var port = connection.Port;
        port.Tag = this;
        port.OnContentSent = static (exchange, bytes) => (exchange.DispatchState as UpstreamExchange)?._sender.Sent(bytes);
        _reader.Attach(connection.Buffer);
        connection.Buffer = null;
        if (!isReused) WriteProxyHeader(port.Output);
        if (!_sender.Begin(port.Output, out var error) || _sender.IsMisframed)
        {
            Fail(_sender.IsMisframed ? ProxyError.InternalError : error);
            return;
        }

        if (_sender.IsComplete) Flush();
        else FlushLater();
        Pump();
    }

    private void WriteProxyHeader(SendBatch output)
    {
        var version = pool.Upstream.SendProxyProtocol;
        if (version == ProxyProtocolVersion.Off) return;
        _mayReuse = false;
        var span = output.GetSpan(ProxyProtocolWriter.MaxSize);
        output.Advance(ProxyProtocolWriter.Write(version, host.Connection.Info, span));
    }
}
