using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <content>The request on its way out.</content>
public sealed partial class UpstreamExchange
{
    /// <summary>More of the request may follow in this turn: one send for all of it.</summary>
    private void FlushLater()
    {
        if (_isFlushDue) return;
        _isFlushDue = true;
        host.PumpLater(this);
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

            if (_isDone) return;
            if (pending && wasSending) return; // what the client adds gives the backend no more time
            _deadlines.Send = pending ? Clock.After(Clock.Now, Timeouts.ResponseHead) : Clock.Never;
            if (pending)
            {
                ArmDeadlines();
                return;
            }

            if (port.Output.IsEmpty) break;
        }

        if (_isDone || _connection is null || _sender.IsDiscarding) return;
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
        _deadlines.ResponseHead = Clock.After(_isFirstTurn ? _now : Clock.Now, Timeouts.ResponseHead);
        ArmDeadlines();
    }

    /// <summary>The backend takes no more of the request; it may have answered all the same, so reading goes on.</summary>
    private void StopSending()
    {
        _deadlines.Send = Clock.Never;
        if (_deadlines.ResponseHead == Clock.Never && _reader.State == ResponseState.Head) AwaitResponseHead();
        if (_isReused && !_reader.HasBegun && MayRepeat()) return; // the pending receive will say that the connection is dead
        _mayReuse = false;
        _sender.StartDiscarding();
    }

    /// <summary>The client's side of the tunnel has ended and its last byte has left.</summary>
    private void EndTunnelRequest()
    {
        if (_reader.State == ResponseState.Complete)
        {
            End(abort: false);
            Exchange.Downstream.OnCredit(Exchange); // it waits for the last bytes to leave before it closes
        }
        else if (!_finSent)
        {
            _finSent = true;
            Port!.Transport.ShutdownSend();
        }
    }
}
