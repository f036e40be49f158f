using System.Text;
using Scp.Streams.Messages;

namespace Scp.Streams.Errors;

/// <summary>Makes the response to an error out of its row. Everything that does not depend on the moment is built once.</summary>
public static class ErrorResponse
{
    private sealed record Template(byte[] Body, byte[] Length, byte[]? RetryAfter);

    private static readonly Template?[] Templates = [.. ErrorTable.All.Select(Build)];

    /// <summary>
    /// Fills the head, with its content and its end. False when the error has no response (499, timeouts of idle connections): then the
    /// head is untouched. What closes the connection is said by the codec; credit for the content is taken by whoever emits it.
    /// </summary>
    /// <param name="response">A head without fields.</param>
    /// <param name="error">What happened.</param>
    /// <param name="rules">How the proxy presents itself.</param>
    /// <param name="allow">The Allow field of a 405 (RFC 9110 15.5.6 requires one); empty means that no method is allowed.</param>
    public static bool Fill(ResponseHead response, ProxyError error, ForwardingRules rules, ReadOnlySpan<byte> allow = default)
    {
        if (Templates[(int)error] is not { } template) return false;
        var row = ErrorTable.Of(error);
        var fields = response.Fields;
        response.Status = row.Status;
        fields.Add(KnownField.Date, rules.Date.Bytes);
        fields.Add(KnownField.ContentType, "text/plain; charset=utf-8"u8);
        fields.Add(KnownField.ContentLength, template.Length);
        if (row.Status == 405) fields.Add(KnownField.Allow, allow);
        if (template.RetryAfter is not null) fields.Add(KnownField.RetryAfter, template.RetryAfter);
        if (rules.ProxyStatusOf(error) is { } proxyStatus) fields.Add(KnownField.ProxyStatus, proxyStatus);

        // RFC 9110 9.3.2: a response to HEAD has the fields of GET and no content.
        var isHead = response.Exchange.Request.Method == Method.Head;
        response.Framing = isHead ? BodyFraming.None : BodyFraming.Length;
        response.ContentLength = template.Body.Length;
        response.Content = isHead ? default : ContentSlice.Copy(template.Body);
        response.EndsMessage = true;
        return true;
    }

    private static Template? Build(ErrorRow row)
    {
        if (!row.HasResponse) return null;
        var body = Encoding.ASCII.GetBytes($"{row.Status} {Reason(row.Status)}: {row.Explanation}.\n");
        return new Template(
            body,
            Encoding.ASCII.GetBytes(body.Length.ToString()),
            row.RetryAfterSeconds > 0 ? Encoding.ASCII.GetBytes(row.RetryAfterSeconds.ToString()) : null);
    }

    /// <summary>The phrases of the statuses in the table (RFC 9110 15).</summary>
    private static string Reason(int status) => status switch
    {
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => throw new InvalidOperationException($"Status {status} of the error table has no reason phrase."),
    };
}
