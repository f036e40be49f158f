using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;
using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch;

/// <summary>What goes to an origin is framed as its head says, whatever filters did to it.</summary>
[Collection(PipelineTests.Name)]
public class RequestSenderSpec
{
    [Theory]
    [InlineData("abc", false)]
    [InlineData("ab", true)]
    [InlineData("abcGET / HTTP/1.1", true)]
    public void Content_is_as_long_as_the_head_says(string content, bool isMisframed)
    {
        var head = Post(BodyFraming.Length, ("Content-Length", "3"));
        head.ContentLength = 3;
        var queue = new RequestContentQueue(head.Exchange, keepLimit: 0);
        var sender = new RequestSender(head.Exchange, queue);
        var output = new SendBatch();

        Assert.True(sender.Begin(output, out _));
        queue.Add(new RequestContent(head.Exchange, ContentSlice.Copy(Encoding.ASCII.GetBytes(content)), endsMessage: true));
        sender.Continue(output);

        Assert.Equal(isMisframed, sender.IsMisframed);
        output.Clear();
    }

    [Theory]
    [InlineData(BodyFraming.Chunked, null, "chunked")]
    [InlineData(BodyFraming.None, null, null)]
    [InlineData(BodyFraming.Length, "3", null)]
    public void Only_the_field_of_the_framing_is_sent(BodyFraming framing, string? length, string? coding)
    {
        var head = Post(framing, ("Content-Length", "3"), ("Transfer-Encoding", "chunked"));

        RequestSender.PrepareHead(head, new Backend("b", new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1)), sendsBackendHost: false);

        Assert.Equal(length, head.Fields.Text(KnownField.ContentLength));
        Assert.Equal(coding, head.Fields.Text(KnownField.TransferEncoding));
    }

    private static RequestHead Post(BodyFraming framing, params (string Name, string Value)[] fields)
    {
        var head = Requests.Of("POST", "a.example", "/", fields);
        head.Framing = framing;
        head.EndsMessage = false;
        return head;
    }
}
