using System.Net;
using System.Text;
using Scp.Streams.Messages;

namespace Scp.Tests.Support;

/// <summary>Request heads as the parser would make them: target in parts, path normalised, host in lower case.</summary>
public static class Requests
{
    private static readonly EndPoint Nowhere = new IPEndPoint(IPAddress.Loopback, 0);

    private static readonly ClientConnectionInfo Connection =
        ClientConnectionInfo.Create(1, "public", Nowhere, Nowhere, Nowhere, isTrustedProxy: false);

    public static RequestHead Get(string authority, string target, params (string Name, string Value)[] fields) =>
        Of("GET", authority, target, fields);

    /// <param name="method">The token.</param>
    /// <param name="authority">Host and port; empty for a request without Host.</param>
    /// <param name="target">Path and query, "*", or empty for the authority form.</param>
    /// <param name="fields">Field lines after Host.</param>
    public static RequestHead Of(string method, string authority, string target, params (string Name, string Value)[] fields)
    {
        var head = new Exchange(Connection, new SilentEdge()).Request;
        head.MethodToken = Append(head, method);
        head.Method = MethodTraits.Parse(head.MethodBytes);
        head.EndsMessage = true;
        head.Target = TargetOf(head, target);
        if (authority.Length > 0) SetAuthority(head, authority);
        foreach (var (name, value) in fields) head.Fields.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        return head;
    }

    public static string PathOf(RequestHead request) => Encoding.Latin1.GetString(request.PathBytes);

    private static RequestTarget TargetOf(RequestHead head, string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        return new RequestTarget
        {
            Form = target switch { "*" => TargetForm.Asterisk, "" => TargetForm.Authority, _ => TargetForm.Origin },
            Raw = Append(head, target),
            Path = path.StartsWith('/') ? Append(head, path) : default,
            Query = question < 0 ? default : Append(head, target[(question + 1)..]),
            HasQuery = question >= 0,
        };
    }

    private static void SetAuthority(RequestHead head, string authority)
    {
        var port = authority.LastIndexOf(':');
        if (port < authority.LastIndexOf(']')) port = -1;
        head.Target.Authority = Append(head, authority);
        head.Target.Host = Append(head, (port < 0 ? authority : authority[..port]).ToLowerInvariant());
        head.Target.Port = port < 0 ? (ushort)0 : ushort.Parse(authority[(port + 1)..]);
        head.Fields.Add(KnownField.Host, Encoding.Latin1.GetBytes(authority));
    }

    private static ByteSlice Append(RequestHead head, string text) => head.Fields.AppendBytes(Encoding.Latin1.GetBytes(text));

    private sealed class SilentEdge : IExchangeEdge
    {
        public void OnCredit(Exchange exchange)
        {
        }
    }
}
