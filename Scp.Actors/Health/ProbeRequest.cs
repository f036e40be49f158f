using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Actors.Health;

/// <summary>The request of an HTTP probe. It asks to close: no state of a connection can make one probe differ from the next.</summary>
internal static class ProbeRequest
{
    /// <summary>Writes it; false when a part of it must not go on the wire.</summary>
    public static bool TryWrite(ProbeTerms terms, Backend backend, Exchange exchange, SendBatch output)
    {
        if (terms.ProxyProtocol != ProxyProtocolVersion.Off)
            output.Advance(ProxyProtocolWriter.Write(terms.ProxyProtocol, exchange.Connection, output.GetSpan(ProxyProtocolWriter.MaxSize)));
        var head = exchange.Request;
        Fill(head, terms, backend);
        var isValid = Http1RequestWriter.TryWrite(head, output.GetSpan(Http1RequestWriter.Measure(head)), out var written, out _);
        if (isValid) output.Advance(written);
        head.Fields.Release();
        return isValid;
    }

    private static void Fill(RequestHead head, ProbeTerms terms, Backend backend)
    {
        head.Method = terms.Method;
        head.MethodToken = head.Fields.AppendBytes(Encoding.ASCII.GetBytes(terms.Method.ToString().ToUpperInvariant()));
        var query = terms.Path.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? terms.Path : terms.Path[..query];
        head.Target.Path = head.Fields.AppendBytes(Encoding.ASCII.GetBytes(path));
        head.Target.HasQuery = query >= 0;
        if (query >= 0) head.Target.Query = head.Fields.AppendBytes(Encoding.ASCII.GetBytes(terms.Path[(query + 1)..]));
        head.Fields.Add("Host"u8, Encoding.ASCII.GetBytes(terms.Host.Length > 0 ? terms.Host : backend.AddressText));
        head.Fields.Add("User-Agent"u8, "scp-health-check"u8);
        head.Fields.Add("Accept"u8, "*/*"u8);
        head.Fields.Add("Connection"u8, "close"u8);
    }
}
