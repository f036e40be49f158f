using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch.Mirroring;

/// <content>The response: read so that the connection can be used again, and thrown away.</content>
internal sealed partial class MirrorExchange
{
    void IBytePortOwner.ReceiveCompleted(BytePort port)
    {
        IBytePortOwner owner;
        lock (_lock)
        {
            owner = port.Owner;
            if (ReferenceEquals(owner, this))
            {
                if (_isOver || _connection?.Port != port) return;
                if (Accept(port.CollectReceived())) Receive();
                return;
            }
        }

        if (owner is UpstreamConnection idle) idle.DieOrForward(port); // it was parked while this was on its way
        else owner.ReceiveCompleted(port); // and leased again
    }

    void IBytePortOwner.SendCompleted(BytePort port)
    {
        lock (_lock)
        {
            if (_isOver || _connection?.Port != port) return;
            if (!port.CollectSent()) End(MirrorOutcome.Failed, AttemptOutcome.Reset);
            else
            {
                _isSent = true;
                if (_reader.State == ResponseState.Complete) Complete();
            }
        }
    }

    private void Receive()
    {
        for (var budget = ReceiveBudget; Discard(); budget--)
        {
            var port = _connection!.Port;
            if (port.IsReceiving || !_reader.WantsBytes) return;
            if (budget == 0)
            {
                Start();
                return;
            }

            var (buffer, offset) = _reader.PrepareReceive();
            var result = port.Receive(buffer, offset, ReceiveLimit);
            if (result.IsPending || !Accept(result)) return;
        }
    }

    /// <summary>Takes what came; false when it ended the exchange.</summary>
    private bool Accept(TransportResult result)
    {
        if (result is { IsFailed: false, IsEndOfStream: false })
        {
            _reader.Received(result.Bytes);
            return true;
        }

        // A connection that dies while it is idle says nothing about the backend.
        var report = _isReused && !_reader.HasBegun ? AttemptOutcome.Cancelled : _status == 0 ? AttemptOutcome.Reset : AttemptOutcome.Truncated;
        if (!result.IsFailed && Discard() && _reader.ReadEndOfStream(out _) is not null) Complete();
        else End(MirrorOutcome.Failed, report);
        return false;
    }

    /// <summary>Throws away what was read; false when the exchange is over.</summary>
    private bool Discard()
    {
        while (_reader.Read(out var error) is var part)
        {
            if (error != ProxyError.None)
            {
                End(MirrorOutcome.Failed, AttemptOutcome.MalformedResponse);
                return false;
            }

            if (part is null) break;
            if (part is ResponseHead { IsInterim: false } head) (_status, _headAt) = (head.Status, clock.Now);
            Discard(part);
        }

        if (_reader.State != ResponseState.Complete) return true;
        if (_isSent) Complete();
        return !_isOver;
    }

    private void Discard(ResponsePart part)
    {
        var length = part switch
        {
            ResponseHead head => head.Content.Length,
            ResponseContent content => content.Content.Length,
            _ => 0,
        };
        part.ReleaseContent();
        (part as ResponseHead)?.Fields.Release();
        exchange.GrantResponseCredit(length);
    }

    private void Complete()
    {
        var report = _status >= 500 ? AttemptOutcome.ServerError : AttemptOutcome.Success;
        if (!TryPark(report)) End(MirrorOutcome.Answered, report);
    }

    private bool TryPark(AttemptOutcome report)
    {
        var connection = _connection!;
        if (SendsProxyHeader || ConnectionBoundAuthentication.IsIn(exchange.Request) || _reader.ClosesConnection
            || _reader.Buffered > 0 || !_isSent || connection.Port.IsReceiving) return false;
        var buffer = _reader.Detach();
        if (buffer is null or { IsShared: true } || buffer.Capacity != BufferPool.MediumSize)
        {
            buffer?.Release();
            buffer = BufferPool.Shared.Rent(BufferPool.MediumSize);
        }

        connection.Buffer = buffer;
        if (!connection.Port.Receive(buffer, 0, ReceiveLimit).IsPending) return false;
        _isOver = true;
        _connection = null;
        _timer?.Dispose();
        connection.Park(clock.Now);
        if (!Backend.Connections.TryKeep(connection, pool.Upstream.MaxIdle) && connection.TryLease(this)) connection.Close(abort: false);
        Leave(MirrorOutcome.Answered, report);
        return true;
    }
}
