using Scp.Streams.Limits;

namespace Scp.Streams.Dispatch;

/// <content>The request on its way out.</content>
public sealed partial class UpstreamAttempt
{
    /// <summary>More of the request may follow in this turn: one send for all of it.</summary>
    private void FlushLater()
    {
        if (_isFlushDue) return;
        _isFlushDue = true;
        Host.PumpLater(this);
    }

    private void Flush()
    {
        while (Port is { } port)
        {
            var wasSending = port.IsSending;
            var pending = port.Flush(out var failed);
            if (failed)
            {
                StopSending();
                return;
            }

            if (_isOver) return;
            if (pending && wasSending) return; // what the client adds gives the backend no more time
            _deadlines.Send = pending ? Clock.After(Clock.Now, Timeouts.ResponseHead) : Clock.Never;
            if (pending)
            {
                ArmDeadlines();
                return;
            }

            if (port.Output.IsEmpty) break;
        }

        if (!_isOver && _connection is not null && !_isSendingOver) OnFlushed();
    }

    /// <summary>All that was written has left: what is waited for now?</summary>
    private void OnFlushed()
    {
        if (_isTunnel)
        {
            if (_sender.IsComplete) EndTunnelRequest();
        }
        else if (_reader.State != ResponseState.Head)
        {
            if (_sender.IsComplete && _deadlines.ResponseIdle == Clock.Never && Port!.IsReceiving) NoteWaiting();
        }
        else if (_deadlines.ResponseHead == Clock.Never
            && (_sender.IsComplete || Exchange.Request.AsksToUpgrade || _awaitsContinue))
        {
            AwaitResponseHead();
        }
    }

    private void AwaitResponseHead()
    {
        // A request that left in the turn in which it came, as most do, needs no second look at the clock.
        _deadlines.ResponseHead = Clock.After(_isFirstTurn ? _startedAt : Clock.Now, Timeouts.ResponseHead);
        ArmDeadlines();
    }

    /// <summary>The backend takes no more of the request; it may have answered all the same, so reading goes on.</summary>
    private void StopSending()
    {
        _deadlines.Send = Clock.Never;
        _isSendingOver = true;
        _mayReuse = false;
        if (_deadlines.ResponseHead == Clock.Never && _reader.State == ResponseState.Head) AwaitResponseHead();
        if (!owner.IsRepeatable) owner.Content?.Discard(); // else another attempt may need it
    }

    /// <summary>The client's side of the tunnel has ended and its last byte has left.</summary>
    private void EndTunnelRequest()
    {
        if (_reader.State == ResponseState.Complete)
        {
            owner.OnComplete(this);
            Exchange.Downstream.OnCredit(Exchange); // it waits for the last bytes to leave before it closes
        }
        else if (!_finSent)
        {
            _finSent = true;
            Port!.Transport.ShutdownSend();
        }
    }
}
