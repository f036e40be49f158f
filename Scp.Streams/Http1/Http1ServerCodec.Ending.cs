using Scp.Streams.Connections;
using Scp.Streams.Errors;
using Scp.Streams.Gateway;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Http1;

/// <content>How a connection ends: after its last byte, lingering, or cut.</content>
public sealed partial class Http1ServerCodec
{
    /// <summary>Nothing more will be answered here: send what is left, then FIN, and read until the client has closed.</summary>
    private void BeginLinger()
    {
        if (_lingering) return;
        _lingering = true;
        _closesClean = _clientCloses && _requestEnded && _reader.State != ReadState.Discard && _reader.Buffered == 0;
        if (_exchange is not null && !_requestEnded && _headEmitted)
            host.Emit(new RequestRejected(_exchange, ProxyError.ClientDisconnected));
        EndExchange(isComplete: true);
        _reader.Discard();
        Flush();
    }

    private void AfterLastByte()
    {
        if (_isFinished || port.IsSending || !port.Output.IsEmpty) return;
        if (_clientFinished || _closesClean)
        {
            Finish(abort: false);
            return;
        }

        if (_finSent) return;
        _finSent = true;
        port.Transport.ShutdownSend();
        _deadlines.LingerBegan(Linger);
        connection.Deadlines.Lower(_deadlines.Next(Timeouts));
    }

    /// <summary>The exchange cannot be completed and the client must not take what it got for complete.</summary>
    private void Fail(ProxyError error)
    {
        if (_exchange is { Record: { Error: ProxyError.None } record })
        {
            record.Error = error;
            if (record.Status == 0 && error == ProxyError.ClientDisconnected) record.Status = 499;
        }

        Finish(abort: true);
    }

    private void Finish(bool abort)
    {
        if (_isFinished) return;
        _isFinished = true;
        EndExchange(isComplete: false);
        port.Close(abort);
        _reader.Release();
        host.Finish();
    }

    /// <param name="isComplete">
    /// The response came through, so nobody works on the head any more. Otherwise it may still be on its way through the stages, and its
    /// arrays are left to the garbage collector.
    /// </param>
    private long EndExchange(bool isComplete)
    {
        var now = connection.Clock.Time.GetTimestamp();
        if (_exchange is not { } exchange) return now;
        _exchange = null;
        if (!_headEmitted) return now; // nothing but part of a head: not an exchange yet
        exchange.Record.EndedAt = now;
        connection.Observer.OnCompleted(exchange);
        if (!isComplete) return now;
        exchange.Request.Fields.Release();
        exchange.Response?.Fields.Release();
        return now;
    }
}
