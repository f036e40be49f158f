using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <content>What becomes of the connection when the attempt is over.</content>
public sealed partial class UpstreamAttempt
{
    /// <summary>
    /// Lets go of everything. <see cref="ProxyError.None"/> when it succeeded, <see cref="ProxyError.ClientDisconnected"/> when nobody wants
    /// it any more.
    /// </summary>
    public void End(ProxyError error, bool abort)
    {
        if (_isOver) return;
        _isOver = true;
        _connecting?.Abandon();
        _connecting = null;
        DropConnection(abort);
        ReportEnd(error);
    }

    /// <summary>The response is not wanted, another attempt will be made: a connection that is clean all the same is kept.</summary>
    public void Reject(ResponseHead head)
    {
        var credit = head.Content.Length;
        head.Content.Release();
        head.Content = default;
        head.Fields.Release();
        if (!IsClean || !TryPark(ProxyError.None)) End(ProxyError.None, abort: false);
        Exchange.GrantResponseCredit(credit);
    }

    private bool IsClean =>
        _mayReuse && _reader.State == ResponseState.Complete && _sender.IsComplete && !_isSendingOver
        && Port is { IsSending: false, Output.IsEmpty: true } && !_reader.ClosesConnection && _reader.Buffered == 0;

    private void OnResponseComplete()
    {
        if (_isTunnel) return;
        if (IsClean && TryPark(ProxyError.None)) owner.OnParked(this);
        else owner.OnComplete(this);
    }

    private void DropConnection(bool abort)
    {
        if (_connection is not { } connection) return;
        _connection = null;
        connection.Port.Tag = null;
        _reader.Detach()?.Release();
        connection.Close(abort);
    }

    /// <summary>Leaves the connection idle with a receive pending; false when it turns out not to be fit for it.</summary>
    private bool TryPark(ProxyError error)
    {
        var connection = _connection!;
        var buffer = _reader.Detach();
        var wanted = _reader.WasLarge ? BufferPool.LargeSize : BufferPool.MediumSize; // the next response is probably like this one
        if (buffer is null or { IsShared: true } || buffer.Capacity != wanted)
        {
            buffer?.Release();
            buffer = BufferPool.Shared.Rent(wanted);
        }

        connection.Buffer = buffer;
        if (!connection.Port.Receive(buffer, 0, ReceiveLimit).IsPending) return false; // bytes or FIN right after the response: not to be trusted
        _isOver = true;
        _connection = null;
        ReportEnd(error);
        connection.Park(Clock.Now);
        if (!Backend.Connections.TryKeep(connection, Connections.MaxIdle) && connection.TryLease(Host)) connection.Close(abort: false);
        return true;
    }
}
