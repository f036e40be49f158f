using Scp.Streams.Messages;
using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Transport;

public sealed class SendBatchSpec
{
    private readonly BufferPool _pool = new();
    private readonly ScriptedTransport _transport = new() { Next = TransportResult.Completed(0) };
    private readonly SendBatch _batch;
    private readonly Exchange _exchange = Exchanges.Create();

    public SendBatchSpec() => _batch = new SendBatch(_pool);

    [Fact]
    public void An_empty_batch_holds_nothing()
    {
        Assert.True(_batch.IsEmpty);
        _batch.Append(_exchange, default);
        Assert.True(_batch.IsEmpty);
        Assert.Empty(_batch.Credit);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_small_message_is_one_segment()
    {
        _batch.Append("head "u8);
        _batch.Append(_exchange, Content("content"u8));
        Assert.Equal(1, _pool.Outstanding); // the content was copied and let go
        Assert.Equal("head content", SendAll());
        Assert.Equal(1, _transport.Segments);
    }

    [Fact]
    public void Large_content_goes_as_it_is_between_what_is_around_it()
    {
        var large = new byte[5000];
        large.AsSpan().Fill((byte)'x');
        _batch.Append("head "u8);
        _batch.Append(_exchange, Content(large));
        _batch.Append(" next"u8);
        Assert.Equal(2, _pool.Outstanding); // one buffer for what is written before and behind it
        Assert.Equal(5010, _batch.Length);
        Assert.Equal("head " + new string('x', 5000) + " next", SendAll());
        Assert.Equal(3, _transport.Segments);
        _batch.Clear();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void What_does_not_fit_goes_into_another_buffer_in_order()
    {
        var expected = "";
        for (var i = 0; i < 60; i++)
        {
            var text = new string((char)('a' + (i % 26)), 100 + (i * 7));
            expected += text;
            if (i % 2 == 0) _batch.Append(System.Text.Encoding.ASCII.GetBytes(text));
            else _batch.Append(_exchange, Content(System.Text.Encoding.ASCII.GetBytes(text)));
        }

        Assert.Equal(expected.Length, _batch.Length);
        Assert.Equal(expected, SendAll());
        _batch.Clear();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Room_that_was_asked_for_and_not_used_is_not_sent()
    {
        Assert.True(_batch.GetSpan(3000).Length >= 3000);
        Assert.True(_batch.IsEmpty);
        "ab"u8.CopyTo(_batch.GetSpan(10));
        _batch.Advance(2);
        _batch.GetSpan(100_000);
        Assert.Equal("ab", SendAll());
    }

    [Fact]
    public void Credit_names_each_content_and_not_what_is_around_it()
    {
        var other = Exchanges.Create();
        _batch.Append("head"u8);
        _batch.Append(_exchange, Content(new byte[10]));
        _batch.Append(other, Content(new byte[9000]));
        Assert.Equal([(_exchange, 10), (other, 9000)], _batch.Credit);
    }

    [Fact]
    public void A_cleared_batch_begins_anew()
    {
        _batch.Append("first"u8);
        _batch.Append(_exchange, Content(new byte[9000]));
        _batch.Clear();
        Assert.True(_batch.IsEmpty);
        Assert.Empty(_batch.Credit);
        Assert.Equal(0, _pool.Outstanding);
        _batch.Append("second"u8);
        Assert.Equal("second", SendAll());
    }

    private string SendAll()
    {
        _batch.Send(_transport);
        return System.Text.Encoding.ASCII.GetString(_transport.Sends[^1]);
    }

    private ContentSlice Content(ReadOnlySpan<byte> bytes)
    {
        var buffer = _pool.Rent(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return new ContentSlice(buffer, 0, bytes.Length);
    }
}
