using System.Text;
using CsCheck;
using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>Whole conversations, cut into packets at random on both sides: the same bytes come out whatever the cuts.</summary>
[Collection(PipelineTests.Name)]
public sealed class RechunkingSpec(PipelineFixture fixture)
{
    private static readonly Gen<string> Requests = Gen.OneOf(
        Gen.Const("GET /a HTTP/1.1\r\nHost: a.example\r\nX: y\r\n\r\n"),
        Gen.Const("HEAD /head HTTP/1.1\r\nHost: a.example\r\n\r\n"),
        Gen.Const("GET /chunked HTTP/1.1\r\nHost: a.example\r\nTE: trailers\r\nConnection: TE\r\n\r\n"),
        Gen.Const("GET http://b.example/%61/../interim HTTP/1.1\r\nHost: a.example\r\n\r\n"),
        Gen.Const("GET /empty HTTP/1.1\r\nHost: a.example\r\n\r\n"),
        Gen.Const("\r\nGET /a HTTP/1.1\r\nHost: a.example\r\n\r\n"),
        Gen.Int[0, 100_000].Select(n => $"POST /echo HTTP/1.1\r\nHost: a.example\r\nContent-Length: {n}\r\n\r\n{Text(n)}"),
        Gen.Int[1, 50_000].Select(n => $"POST /echo HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n{n:x};e=\"x\"\r\n{Text(n)}\r\n3\r\nend\r\n0\r\nX-Trailer: 1\r\n\r\n"));

    private static readonly string[] Endings =
    [
        "",
        "GET /bad HTTP/1.1\r\nHost: a b\r\n\r\n",
        "POST /cut HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5;\r\n",
    ];

    private static readonly Gen<string[]> Conversations =
        Gen.Select(Requests.Array[1, 6], Gen.Int[0, 2].Select(i => Endings[i]), (all, last) => (string[])[.. all, last]);

    [Fact]
    public void A_conversation_gives_the_same_answers_however_it_is_cut() =>
        Gen.Select(Conversations, Gen.Int).Sample(
            (conversation, seed) =>
            {
                var (whole, wholeAtOrigin) = Talk(conversation, null);
                var (cut, cutAtOrigin) = Talk(conversation, seed);
                Assert.Equal(whole, cut);
                Assert.Equal(wholeAtOrigin, cutAtOrigin);
            },
            iter: 60, threads: 1);

    private (string Client, string Origin) Talk(string[] conversation, int? seed)
    {
        var seen = new StringBuilder();
        using var proxy = new PipelineHarness(fixture, OriginScripts.Respond(request => Answer(request, seen)));
        if (seed is { } number) proxy.Origin.Cuts = () => new Rechunker(number + 1);
        var client = proxy.Connect();
        client.Cuts = seed is { } cuts ? new Rechunker(cuts) : null;
        client.Send(string.Concat(conversation) + "GET /last HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
        return (Normal(client.ReadToEnd()), seen.ToString());
    }

    private static string Answer(string request, StringBuilder seen)
    {
        seen.Append(Normal(request));
        var body = RawMessage.Field(request, "Transfer-Encoding") is null ? ContentSpec.Body(request) : ContentSpec.Unchunk(request);
        return request.Split(' ')[1] switch
        {
            "/head" => "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n",
            "/chunked" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n12000\r\n" + Text(0x12000) + "\r\n0\r\nX-End: 1\r\n\r\n",
            "/interim" => "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OriginScripts.OkResponse,
            "/empty" => "HTTP/1.1 204 No Content\r\n\r\n",
            _ => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}",
        };
    }

    /// <summary>The same text with all chunks of a message as one: where they are cut is free (RFC 9112 7.1).</summary>
    private static string Normal(string text)
    {
        var normal = new StringBuilder();
        while (text.Length > 0)
        {
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            var isHead = text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && RawMessage.Field(text, "Content-Length") == "77";
            var length = head;
            if (!isHead) Assert.True(RawMessage.TryMeasure(text, out length), $"The conversation ended inside a message:\n{text}");
            var message = text[..length];
            var trailers = message.LastIndexOf("\r\n0\r\n", StringComparison.Ordinal);
            normal.Append(message.AsSpan(0, head));
            if (RawMessage.Field(message, "Transfer-Encoding") is null) normal.Append(message.AsSpan(head));
            else normal.Append(ContentSpec.Unchunk(message)).Append(message.AsSpan(trailers));
            text = text[length..];
        }

        return normal.ToString();
    }

    private static string Text(int length) => string.Concat(Enumerable.Range(0, (length / 6) + 1).Select(i => $"{i:x5}."))[..length];
}
