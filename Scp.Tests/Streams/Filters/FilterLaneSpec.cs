using Scp.Streams.Errors;
using Scp.Streams.Filters;
using Scp.Streams.Messages;
using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Filters;

/// <summary>The races between a hook that completes and an exchange that ends, one order at a time.</summary>
public class FilterLaneSpec
{
    private readonly TaskCompletionSource<FilterVerdict> _gate = new();
    private readonly BufferPool _pool = new();
    private readonly NoPorts _ports = new();
    private readonly Exchange _exchange = Heads.Request().Exchange;
    private readonly FilterExchange _chain;

    public FilterLaneSpec()
    {
        var filter = new ScriptedFilter("a") { ResponseContent = (_, _) => new(_gate.Task) };
        _chain = new FilterExchange(_exchange, FilterPosition.Downstream, [filter], _ports);
        _chain.AcceptRequest(_exchange.Request);
        _chain.AcceptResponse(new ResponseHead(_exchange) { Status = 200 });
        var buffer = _pool.Rent(3);
        "abc"u8.CopyTo(buffer.Span);
        _chain.AcceptResponse(new ResponseContent(_exchange, new ContentSlice(buffer, 0, 3), endsMessage: false));
    }

    [Fact]
    public async Task Completed_and_resumed_the_content_passes()
    {
        await OnAnotherThread(() => _gate.SetResult(FilterVerdict.Continue));
        var lane = _ports.Completed.Dequeue();
        _chain.Resume(lane);
        Assert.Equal(["head 200", "content \"abc\""], _ports.Down.Select(PartText.Of));
        Assert.Equal(1, _pool.Outstanding);
    }

    [Fact]
    public async Task Completed_then_ended_then_resumed_the_content_is_released_once_and_nothing_passes()
    {
        await OnAnotherThread(() => _gate.SetResult(FilterVerdict.Abort));
        _chain.AcceptResponse(new ResponseFailed(_exchange, ProxyError.UpstreamReset));
        Assert.Equal(0, _pool.Outstanding);
        _chain.Resume(_ports.Completed.Dequeue());
        Assert.Equal(["head 200", "failed UpstreamReset"], _ports.Down.Select(PartText.Of));
        Assert.Equal(["head end"], _ports.Up.Select(PartText.Of));
        Assert.True(_chain.IsCompleted);
    }

    [Fact]
    public async Task Ended_then_completed_the_content_is_released_by_the_completion()
    {
        _chain.AcceptResponse(new ResponseFailed(_exchange, ProxyError.UpstreamReset));
        Assert.Equal(1, _pool.Outstanding);
        await OnAnotherThread(() => _gate.SetException(new InvalidOperationException("too late")));
        Assert.Equal(0, _pool.Outstanding);
        Assert.Empty(_ports.Completed);
    }

    [Fact]
    public async Task Ended_and_stopped_the_content_is_released_once()
    {
        await OnAnotherThread(() => _gate.SetResult(FilterVerdict.Continue));
        _chain.Stop();
        _chain.Stop();
        Assert.Equal(0, _pool.Outstanding);
        Assert.True(_chain.IsCompleted);
    }

    [Fact]
    public async Task Completed_then_rejected_by_the_client_no_response_is_made()
    {
        var exchange = Heads.Request().Exchange;
        var gate = new TaskCompletionSource<FilterVerdict>();
        var filter = new ScriptedFilter("a") { RequestHead = (_, _) => new(gate.Task) };
        var ports = new NoPorts();
        var chain = new FilterExchange(exchange, FilterPosition.Downstream, [filter], ports);
        chain.AcceptRequest(exchange.Request);
        await OnAnotherThread(() => gate.SetResult(FilterVerdict.Respond));
        chain.AcceptRequest(new RequestRejected(exchange, ProxyError.ClientDisconnected));
        chain.Resume(ports.Completed.Dequeue());
        Assert.Equal(["rejected ClientDisconnected"], ports.Up.Select(PartText.Of));
        Assert.Empty(ports.Down);
        Assert.True(chain.IsCompleted);
    }

    /// <summary>A thread without a synchronisation context, so that the completion runs before this returns.</summary>
    private static Task OnAnotherThread(Action complete) => Task.Run(complete);
}
