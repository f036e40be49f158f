namespace Scp.Streams.Messages;

/// <summary>How the length of a message's content is known (RFC 9112 section 6.3).</summary>
public enum BodyFraming : byte
{
    /// <summary>There is no content: a request without framing fields, a response to HEAD, 1xx, 204, 304.</summary>
    None,

    /// <summary>Content-Length.</summary>
    Length,

    /// <summary>Transfer-Encoding: chunked.</summary>
    Chunked,

    /// <summary>A response that lasts until the connection closes.</summary>
    UntilClose,

    /// <summary>Not HTTP content: bytes of an upgraded protocol or of a CONNECT tunnel, until each side sends FIN.</summary>
    Tunnel,
}

/// <summary>Versions that a message may carry on the wire.</summary>
public enum HttpVersion : byte
{
    Http10,
    Http11,
    Http2,
}
