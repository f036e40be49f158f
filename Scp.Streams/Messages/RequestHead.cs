using System.Runtime.CompilerServices;

namespace Scp.Streams.Messages;

/// <summary>
/// The head of a request. May carry the first content bytes and may end the message, so that a small request crosses the pipeline
/// as one element.
/// </summary>
public sealed class RequestHead(Exchange exchange) : RequestPart(exchange)
{
    private StrongBox<RequestTarget>? _received; // few requests are rewritten: the others do not carry a second target

    public FieldSection Fields { get; } = new();

    public HttpVersion Version { get; set; } = HttpVersion.Http11;

    public Method Method { get; set; }

    /// <summary>The method token as received.</summary>
    public ByteSlice MethodToken { get; set; }

    public RequestTarget Target;

    /// <summary>The target that the client sent: what is reported.</summary>
    public RequestTarget ReceivedTarget => _received?.Value ?? Target;

    public BodyFraming Framing { get; set; }

    /// <summary>Bytes of content, when <see cref="Framing"/> is Length.</summary>
    public long ContentLength { get; set; }

    /// <summary>The client announced that it wants to close after this exchange, or speaks HTTP/1.0 without keep-alive.</summary>
    public bool AsksToClose { get; set; }

    /// <summary>Expect: 100-continue was asked for (RFC 9110 10.1.1).</summary>
    public bool ExpectsContinue { get; set; }

    /// <summary>A valid Upgrade that Connection names; the message then ends only when the response is not 101.</summary>
    public bool AsksToUpgrade { get; set; }

    /// <summary>TE: trailers was sent (RFC 9110 10.1.4).</summary>
    public bool AcceptsTrailers { get; set; }

    public ContentSlice Content { get; set; }

    public bool EndsMessage { get; set; }

    /// <summary>Keeps the target as the client sent it, before a rewrite puts another into <see cref="Target"/>.</summary>
    public void KeepReceivedTarget() => _received ??= new StrongBox<RequestTarget>(Target);

    public ReadOnlySpan<byte> MethodBytes => Fields.Bytes(MethodToken);

    public ReadOnlySpan<byte> PathBytes => Fields.Bytes(Target.Path);

    public ReadOnlySpan<byte> QueryBytes => Fields.Bytes(Target.Query);

    public ReadOnlySpan<byte> HostBytes => Fields.Bytes(Target.Host);

    public ReadOnlySpan<byte> AuthorityBytes => Fields.Bytes(Target.Authority);
}
