namespace Scp.Streams.Messages;

/// <summary>The methods that the proxy must know by name; every other token passes as <see cref="Other"/>.</summary>
public enum Method : byte
{
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,
}

/// <summary>What RFC 9110 section 9.2 says of the known methods.</summary>
public static class MethodTraits
{
    /// <summary>Idempotent (RFC 9110 9.2.2): the same request twice has the effect of one.</summary>
    public static bool IsIdempotent(this Method method) =>
        method is Method.Get or Method.Head or Method.Options or Method.Trace or Method.Put or Method.Delete;

    /// <summary>Recognises a method token; methods are case-sensitive (RFC 9110 9.1).</summary>
    public static Method Parse(ReadOnlySpan<byte> token) => token.Length switch
    {
        3 when token.SequenceEqual("GET"u8) => Method.Get,
        3 when token.SequenceEqual("PUT"u8) => Method.Put,
        4 when token.SequenceEqual("POST"u8) => Method.Post,
        4 when token.SequenceEqual("HEAD"u8) => Method.Head,
        5 when token.SequenceEqual("PATCH"u8) => Method.Patch,
        5 when token.SequenceEqual("TRACE"u8) => Method.Trace,
        6 when token.SequenceEqual("DELETE"u8) => Method.Delete,
        7 when token.SequenceEqual("OPTIONS"u8) => Method.Options,
        7 when token.SequenceEqual("CONNECT"u8) => Method.Connect,
        _ => Method.Other,
    };
}
