using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <content>A connection to the backend.</content>
public sealed partial class UpstreamAttempt
{
    private UpstreamSettings Connections => owner.Pool.Upstream;

    private UpstreamConnection? TakeIdle(long now)
    {
        if (Connections.SendProxyProtocol != ProxyProtocolVersion.Off) return null; // such a connection speaks for one client
        while (Backend.Connections.TryTake(now, Connections.IdleTimeout) is { } idle)
        {
            if (!idle.TryLease(Host)) continue;
            if (idle.Port.IsReceivePending) return idle;
            idle.Close(abort: true); // it spoke before it was asked: whatever came belongs to nobody
        }

        return null;
    }

    private void Connect(long now)
    {
        _deadlines.Connect = Clock.After(now, Connections.ConnectTimeout);
        ArmDeadlines();
        _connecting = new PendingConnect(this, Host.DeliverConnect);
        _connecting.Start(Host.Connection.Connector, Backend);
    }

    private void OnConnectFailed(ProxyError error)
    {
        _deadlines.Connect = Clock.Never;
        Backend.Metrics?.ConnectFailed(error);
        owner.OnFailed(this, error);
    }

    private void Use(UpstreamConnection connection, bool isReused)
    {
        _connection = connection;
        _isReused = isReused;
        _awaitsContinue = Exchange.Request.ExpectsContinue && owner.Content is not { Length: > 0 };
        var port = connection.Port;
        port.Tag = this;
        port.OnContentSent = owner.Content is null ? null : OnContentSent;
        _reader.Attach(connection.Buffer);
        connection.Buffer = null;
        if (!isReused) WriteProxyHeader(port.Output);
        RequestSender.PrepareHead(Exchange.Request, Backend, Exchange.Route!.SendsBackendHost);
        if (!_sender.Begin(port.Output, out var error) || _sender.IsMisframed)
        {
            owner.OnFailed(this, _sender.IsMisframed ? ProxyError.InternalError : error);
            return;
        }

        if (_sender.IsComplete) Flush();
        else FlushLater();
        Pump();
    }

    private void OnContentSent(Messages.Exchange exchange, int bytes) => _sender.Sent(bytes);

    private void WriteProxyHeader(SendBatch output)
    {
        var version = Connections.SendProxyProtocol;
        if (version == ProxyProtocolVersion.Off) return;
        _mayReuse = false;
        var span = output.GetSpan(ProxyProtocolWriter.MaxSize);
        output.Advance(ProxyProtocolWriter.Write(version, Host.Connection.Info, span));
    }
}
