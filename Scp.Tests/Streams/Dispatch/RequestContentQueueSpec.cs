using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;
using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch;

[Collection(PipelineTests.Name)]
public sealed class RequestContentQueueSpec : IDisposable
{
    private readonly long _buffersBefore = BufferPool.Shared.Outstanding;
    private readonly Exchange _exchange = Requests.Of("PUT", "a.example", "/").Exchange;
    private readonly List<RequestContentQueue> _queues = [];

    public void Dispose()
    {
        foreach (var queue in _queues) queue.Discard();
        Assert.Equal(_buffersBefore, BufferPool.Shared.Outstanding);
        Assert.Equal(CreditWindow.Initial, _exchange.RequestCredit);
    }

    [Fact]
    public void What_is_kept_is_read_by_every_attempt_byte_for_byte()
    {
        var queue = Keeping(64 * 1024);
        var text = Text(40_000);
        foreach (var piece in text.Chunk(7001)) Add(queue, new string(piece));

        Assert.Equal(text, ReadAll(queue));
        Assert.Equal(text, ReadAll(queue));
        Assert.True(queue.IsRepeatable);
    }

    [Fact]
    public void Content_above_the_limit_is_sent_once_and_in_order()
    {
        var queue = Keeping(20_000);
        Add(queue, Text(15_000));
        var position = 0L;
        var first = Read(queue, ref position);
        Add(queue, Text(15_000));
        Assert.True(queue.IsRepeatable); // nothing is lost yet

        var rest = Read(queue, ref position);

        Assert.Equal(Text(15_000) + Text(15_000), first + rest);
        Assert.False(queue.IsRepeatable);
    }

    [Fact]
    public void Above_the_limit_the_memory_is_let_go()
    {
        var queue = Keeping(20_000);
        Add(queue, Text(15_000));
        Add(queue, Text(15_000));
        ReadAll(queue);

        Assert.Equal(_buffersBefore, BufferPool.Shared.Outstanding);
    }

    [Fact]
    public void One_byte_at_a_time_costs_no_buffer_for_each()
    {
        var queue = Keeping(64 * 1024);
        for (var i = 0; i < 1000; i++) Add(queue, "x");

        Assert.Equal(_buffersBefore + 1, BufferPool.Shared.Outstanding);
    }

    [Fact]
    public void Nothing_is_kept_where_nothing_is_repeated()
    {
        var queue = Keeping(0);
        Add(queue, "abc");
        Assert.True(queue.IsRepeatable); // it waits for its first attempt

        Assert.Equal("abc", ReadAll(queue));
        Assert.False(queue.IsRepeatable);
        Assert.Equal(_buffersBefore, BufferPool.Shared.Outstanding);
    }

    [Fact]
    public void Credit_comes_back_once_for_what_is_sent_twice()
    {
        var queue = Keeping(64 * 1024);
        Add(queue, Text(1000));
        queue.Sent(600);
        queue.Sent(400); // the second attempt

        Assert.Equal(CreditWindow.Initial - 400, _exchange.RequestCredit);
        queue.Sent(1000);
        Assert.Equal(CreditWindow.Initial, _exchange.RequestCredit);
    }

    [Fact]
    public void Nothing_is_kept_once_the_response_has_begun()
    {
        var queue = Keeping(64 * 1024);
        Add(queue, "abc");
        var position = 0L;
        Read(queue, ref position);

        queue.StopKeeping(position);
        Add(queue, "def");

        Assert.False(queue.IsRepeatable);
        Assert.Equal("def", Read(queue, ref position));
    }

    [Fact]
    public void What_comes_after_the_end_of_the_exchange_gives_its_credit_back()
    {
        var queue = Keeping(64 * 1024);
        Add(queue, "abc");
        queue.Discard();
        Add(queue, "def");

        Assert.Equal(CreditWindow.Initial, _exchange.RequestCredit);
    }

    private RequestContentQueue Keeping(int limit)
    {
        var queue = new RequestContentQueue(_exchange, limit);
        _queues.Add(queue);
        return queue;
    }

    private void Add(RequestContentQueue queue, string text)
    {
        _exchange.TakeRequestCredit(text.Length);
        queue.Add(new RequestContent(_exchange, ContentSlice.Copy(Encoding.Latin1.GetBytes(text)), endsMessage: false));
    }

    private static string ReadAll(RequestContentQueue queue)
    {
        var position = 0L;
        return Read(queue, ref position);
    }

    private static string Read(RequestContentQueue queue, ref long position)
    {
        var text = new StringBuilder();
        while (queue.TryRead(ref position, out var slice))
        {
            text.Append(Encoding.Latin1.GetString(slice.Span));
            slice.Release();
        }

        return text.ToString();
    }

    private static string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 23))));
}
