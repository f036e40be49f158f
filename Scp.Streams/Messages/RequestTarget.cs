namespace Scp.Streams.Messages;

/// <summary>The four forms of a request target (RFC 9112 section 3.2).</summary>
public enum TargetForm : byte
{
    Origin,
    Absolute,
    Authority,
    Asterisk,
}

/// <summary>
/// A request target in parts; every slice points into the buffer of the head's <see cref="FieldSection"/>. The path is normalised
/// once, by the parser: routing matches the same bytes that are forwarded.
/// </summary>
public struct RequestTarget
{
    public TargetForm Form;

    /// <summary>Whether there is a "?"; the small fields stand together, so that they share one word.</summary>
    public bool HasQuery;

    /// <summary>Port if the authority names one, else 0.</summary>
    public ushort Port;

    /// <summary>As received, before normalisation: for logs.</summary>
    public ByteSlice Raw;

    /// <summary>
    /// Host without port: from the target when it is absolute or authority form, else from Host. IPv6 in brackets. Lower case.
    /// </summary>
    public ByteSlice Host;

    /// <summary>Host and port as they are sent in the Host field.</summary>
    public ByteSlice Authority;

    /// <summary>The scheme of an absolute-form target ("http"), else empty.</summary>
    public ByteSlice Scheme;

    /// <summary>The normalised path, beginning with "/"; empty for asterisk and authority form.</summary>
    public ByteSlice Path;

    /// <summary>The query without "?"; <see cref="HasQuery"/> tells an empty query from none.</summary>
    public ByteSlice Query;
}
