using System.Net;
using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Messages;

namespace Scp.Actors.Decisions;

/// <summary>Where a request that nobody sent would have come from.</summary>
/// <param name="Listener">Name of the listener.</param>
/// <param name="Client">The client's address.</param>
/// <param name="IsTrustedProxy">Its forwarding fields are believed.</param>
public sealed record RequestOrigin(string Listener, EndPoint Client, bool IsTrustedProxy);

/// <summary>A request as a person writes it: "GET https://shop.example/cart", and field lines "Name: value".</summary>
public sealed class RequestText
{
    private readonly byte[] _head;

    private RequestText(string method, string target, byte[] head, bool isTls) =>
        (Method, Target, _head, IsTls) = (method, target, head, isTls);

    public string Method { get; }

    /// <summary>Path and query.</summary>
    public string Target { get; }

    /// <summary>The URL says https.</summary>
    public bool IsTls { get; }

    /// <summary>Null with a sentence that says what is wrong.</summary>
    /// <param name="method">The method.</param>
    /// <param name="url">A URL, or a path when there is a Host field.</param>
    /// <param name="fields">Field lines.</param>
    /// <param name="error">What is wrong.</param>
    public static RequestText? TryParse(string method, string url, IReadOnlyList<string> fields, out string error)
    {
        error = Fault(url, fields);
        if (error.Length > 0) return null;
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var afterScheme = scheme < 0 ? 0 : scheme + 3;
        var end = scheme < 0 ? 0 : url.IndexOfAny(['/', '?', '#'], afterScheme);
        if (end < 0) end = url.Length;
        var authority = url[afterScheme..end];
        var hasHost = fields.Any(f => f.StartsWith("Host:", StringComparison.OrdinalIgnoreCase));
        if (scheme < 0 && !hasHost) error = $"'{url}' has no host: write a whole URL, or add the header 'Host: ...'";
        if (scheme >= 0 && hasHost) error = $"'{url}' names its host already: leave the header Host out";
        if (error.Length > 0) return null;
        var target = url[end..].Split('#')[0]; // a fragment is never sent (RFC 9110 4.2.5)
        if (!target.StartsWith('/') && target != "*") target = "/" + target;
        if (method == "CONNECT" && scheme >= 0) target = authority;
        var text = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        if (scheme >= 0) text.Append($"Host: {authority}\r\n");
        foreach (var field in fields) text.Append(field).Append("\r\n");
        var isTls = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        return new RequestText(method, target, Encoding.Latin1.GetBytes(text.Append("\r\n").ToString()), isTls);
    }

    /// <summary>The head as the parser makes it of the request; null with the reason when it refuses it.</summary>
    public RequestHead? Parse(ProxySnapshot snapshot, RequestOrigin origin, out ProxyError error)
    {
        var info = ClientConnectionInfo.Create(0, origin.Listener, origin.Client, origin.Client, origin.Client, origin.IsTrustedProxy, IsTls);
        var exchange = new Exchange(info, SilentEdge.Instance) { Snapshot = snapshot };
        var scanned = 0;
        var status = Http1RequestParser.Parse(_head, exchange.Request, snapshot.Limits, ref scanned, out _, out error);
        exchange.Request.EndsMessage = true;
        return status == ParseStatus.Done ? exchange.Request : null;
    }

    private static string Fault(string url, IReadOnlyList<string> fields)
    {
        if (url.AsSpan().IndexOfAnyExceptInRange('!', '~') is var at and >= 0)
            return $"the URL has the character '{(char.IsControl(url[at]) ? $"U+{(int)url[at]:X4}" : url[at])}' at {at + 1}: percent-encode it";
        if (url.Contains("://", StringComparison.Ordinal)
            && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return $"'{url}' is neither http nor https";
        if (!url.Contains("://", StringComparison.Ordinal) && url != "*" && !url.StartsWith('/'))
            return $"'{url}' is no URL: it begins with neither http://, https:// nor /";
        foreach (var field in fields)
        {
            if (field.IndexOf(':', StringComparison.Ordinal) <= 0) return $"'{field}' is not a header: write 'Name: value'";
            if (field.AsSpan().IndexOfAny("\r\n\0") >= 0) return $"the header '{field.Split(':')[0]}' holds a line end or NUL";
        }

        return "";
    }

    private sealed class SilentEdge : IExchangeEdge
    {
        public static readonly SilentEdge Instance = new();

        public void OnCredit(Exchange exchange)
        {
        }
    }
}
