using System.Net;
using System.Text;
using Scp.Streams.Http1;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Http1;

/// <summary>Credit that is not worth a part is left until there is more: the window must not fall into pieces.</summary>
public sealed class ChunksWithLittleCreditSpec
{
    [Fact]
    public void Nothing_is_emitted_and_nothing_received_while_little_credit_is_left()
    {
        using var reader = new Reading("00000008\r\nabcdefgh\r\n0\r\n\r\n");
        reader.LeaveCredit(CreditWindow.Useful - 1);
        Assert.Null(reader.Next());
        Assert.False(reader.WantsBytes);
        reader.Exchange.GrantRequestCredit(1);
        Assert.Equal("abcdefgh", reader.Next());
    }

    [Fact]
    public void Framing_takes_no_credit_so_content_behind_it_comes_before_more_is_received()
    {
        var size = new string('0', 15) + "8";
        var chunks = string.Concat(Enumerable.Repeat($"{size};{new string('x', 3000)}\r\nabcdefgh\r\n", 3));
        using var reader = new Reading(chunks);
        reader.LeaveCredit(CreditWindow.Useful + 16);
        for (var i = 0; i < 3; i++) Assert.Equal("abcdefgh", reader.Next());
    }

    private sealed class Reading : IDisposable
    {
        private readonly RequestReader _reader = new();
        private readonly LimitSettings _limits = EndToEnd.Support.FailureProxy.DefaultLimits with { ChunkExtensions = 100_000 };

        public Reading(string content)
        {
            var nowhere = new IPEndPoint(IPAddress.Loopback, 1);
            Exchange = new Exchange(ClientConnectionInfo.Create(1, "main", nowhere, nowhere, nowhere, isTrustedProxy: false), new SilentEdge());
            var bytes = Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{content}");
            var buffer = BufferPool.Shared.Rent(bytes.Length);
            bytes.CopyTo(buffer.Span);
            _reader.Adopt(buffer, 0, bytes.Length);
            Assert.Equal(ParseStatus.Done, _reader.ReadHead(Exchange.Request, _limits, out _));
        }

        public Exchange Exchange { get; }

        public bool WantsBytes => _reader.WantsBytes(Exchange);

        public void LeaveCredit(int credit) => Exchange.TakeRequestCredit(Exchange.RequestCredit - credit);

        public string? Next()
        {
            if (_reader.ReadContent(Exchange, _limits, out _) is not RequestContent part) return null;
            var text = Encoding.ASCII.GetString(part.Content.Span);
            part.Content.Release();
            return text;
        }

        public void Dispose() => _reader.Release();
    }

    private sealed class SilentEdge : IExchangeEdge
    {
        public void OnCredit(Exchange exchange)
        {
        }
    }
}
