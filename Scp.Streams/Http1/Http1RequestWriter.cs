using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// Request heads for origins: always HTTP/1.1, in origin form unless the request is for "*" or a tunnel (RFC 9112 3.2). Fields are
/// written as they stand, in their order; which of them may pass is decided before. An invalid part makes it fail, never throw.
/// </summary>
public static class Http1RequestWriter
{
    /// <summary>An upper bound of what <see cref="TryWrite"/> writes.</summary>
    public static int Measure(RequestHead head)
    {
        ref readonly var target = ref head.Target;
        var text = target.Form == TargetForm.Authority ? target.Authority.Length : target.Path.Length + target.Query.Length + 2;
        return head.MethodToken.Length + text + " ".Length + " HTTP/1.1\r\n".Length + FieldLineWriter.Measure(head.Fields);
    }

    /// <summary>Writes the head; false with an error when a part of it must not go on the wire or there is no room for it.</summary>
    public static bool TryWrite(RequestHead head, Span<byte> destination, out int written, out ProxyError error)
    {
        written = 0;
        var method = head.MethodBytes;
        var valid = Http1Grammar.IsToken(method)
            && FieldLineWriter.TryAppend(method, destination, ref written)
            && FieldLineWriter.TryAppend(" "u8, destination, ref written)
            && TryWriteTarget(head, destination, ref written)
            && FieldLineWriter.TryAppend(" HTTP/1.1\r\n"u8, destination, ref written)
            && FieldLineWriter.TryWrite(head.Fields, destination, ref written);
        if (!valid) written = 0;
        error = valid ? ProxyError.None : ProxyError.InternalError;
        return valid;
    }

    private static bool TryWriteTarget(RequestHead head, Span<byte> destination, ref int written) => head.Target.Form switch
    {
        TargetForm.Asterisk => FieldLineWriter.TryAppend("*"u8, destination, ref written),
        TargetForm.Authority => AuthorityGrammar.TryParse(head.AuthorityBytes, out _, out _)
            && FieldLineWriter.TryAppend(head.AuthorityBytes, destination, ref written),
        _ => TryWritePath(head.PathBytes, destination, ref written) && TryWriteQuery(head, destination, ref written),
    };

    private static bool TryWritePath(ReadOnlySpan<byte> path, Span<byte> destination, ref int written) =>
        path.StartsWith((byte)'/')
        && !path.ContainsAnyExcept(Http1Grammar.Target)
        && !path.Contains((byte)'?')
        && FieldLineWriter.TryAppend(path, destination, ref written);

    private static bool TryWriteQuery(RequestHead head, Span<byte> destination, ref int written)
    {
        if (!head.Target.HasQuery) return true;
        return !head.QueryBytes.ContainsAnyExcept(Http1Grammar.Target)
            && FieldLineWriter.TryAppend("?"u8, destination, ref written)
            && FieldLineWriter.TryAppend(head.QueryBytes, destination, ref written);
    }
}
