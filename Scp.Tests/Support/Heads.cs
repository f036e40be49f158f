using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;

namespace Scp.Tests.Support;

/// <summary>Makes heads out of text, for tests of rules that need no parser.</summary>
public static class Heads
{
    public static readonly DateTimeOffset Now = new(1994, 11, 6, 8, 49, 37, TimeSpan.Zero);

    private sealed class NoEdge : IExchangeEdge
    {
        public void OnCredit(Exchange exchange) { }
    }

    public static ClientConnectionInfo Connection(string remote = "192.0.2.7:40000", bool trusted = false, bool tls = false)
    {
        var endpoint = IPEndPoint.Parse(remote);
        return ClientConnectionInfo.Create(1, "public", endpoint, IPEndPoint.Parse("127.0.0.1:8080"), endpoint, trusted, tls);
    }

    /// <summary>A GET for / on example.com over HTTP/1.1 with these field lines, each "Name: value".</summary>
    public static RequestHead Request(params string[] lines) => Request(Connection(), lines);

    public static RequestHead Request(ClientConnectionInfo connection, params string[] lines)
    {
        var request = new Exchange(connection, new NoEdge()).Request;
        Fill(request, "GET", "/", "example.com");
        AddLines(request.Fields, lines);
        return request;
    }

    public static void Fill(RequestHead request, string method, string path, string host)
    {
        request.MethodToken = request.Fields.AppendBytes(Bytes(method));
        request.Method = MethodTraits.Parse(Bytes(method));
        request.Target.Raw = request.Target.Path = request.Fields.AppendBytes(Bytes(path));
        request.Target.Authority = request.Target.Host = request.Fields.AppendBytes(Bytes(host));
        request.EndsMessage = true;
    }

    public static ResponseHead Response(RequestHead request, int status, params string[] lines)
    {
        var response = new ResponseHead(request.Exchange) { Status = status };
        AddLines(response.Fields, lines);
        return response;
    }

    public static ForwardingSettings Settings { get; } = new()
    {
        Pseudonym = "scp",
        ViaInResponses = false,
        ForwardedFields = ForwardedFieldStyle.XForwarded,
        ProxyStatus = true,
        RejectUnderscores = false,
        StartTraces = false,
    };

    public static ForwardingRules Rules(ForwardingSettings? settings = null) =>
        new(settings ?? Settings, new HttpDate(new FakeTimeProvider(Now)), new Random(1));

    /// <summary>The field lines that are left, each "Name: value".</summary>
    public static string[] Lines(FieldSection fields) =>
        [.. Enumerable.Range(0, fields.Count).Where(i => !fields.IsRemoved(i)).Select(i => $"{Text(fields.Name(i))}: {Text(fields.Value(i))}")];

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static void AddLines(FieldSection fields, string[] lines)
    {
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            fields.Add(Bytes(line[..colon]), Bytes(line[(colon + 1)..].Trim()));
        }
    }
}
