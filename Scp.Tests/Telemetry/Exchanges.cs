using System.Net;
using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Tests.Telemetry;

/// <summary>Exchanges that have ended, for the specs of what reports them.</summary>
internal static class Exchanges
{
    public static readonly AlwaysCredit Edge = new();

    public static Exchange Completed(
        string method = "GET", string path = "/a", string? query = null, string host = "shop.example", int status = 200,
        ProxyError error = ProxyError.None, TimeProvider? time = null, TimeSpan duration = default, params (string Name, string Value)[] fields)
    {
        time ??= TimeProvider.System;
        var client = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 40000);
        var exchange = new Exchange(ClientConnectionInfo.Create(1, "public", client, client, client, false), Edge);
        var request = exchange.Request;
        request.MethodToken = Append(request.Fields, method);
        request.Method = MethodTraits.Parse(Encoding.Latin1.GetBytes(method));
        request.Target.Path = Append(request.Fields, path);
        request.Target.Host = request.Target.Authority = Append(request.Fields, host);
        request.Target.HasQuery = query is not null;
        request.Target.Query = Append(request.Fields, query ?? "");
        foreach (var (name, value) in fields) request.Fields.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        exchange.Route = new Route { Name = "shop", Timeouts = new RouteTimeouts(default, default, default, default) };
        var record = exchange.Record;
        record.EndedAt = time.GetTimestamp();
        record.StartedAt = record.EndedAt - (long)(duration.TotalSeconds * time.TimestampFrequency);
        record.RespondedAt = record.EndedAt;
        record.Status = status;
        record.Error = error;
        record.Pool = "carts";
        record.Backend = "carts-1";
        record.Attempts = 1;
        record.RequestContentBytes = 10;
        record.ResponseContentBytes = 20;
        return exchange;
    }

    private static ByteSlice Append(FieldSection fields, string text) => fields.AppendBytes(Encoding.Latin1.GetBytes(text));

    public sealed class AlwaysCredit : IExchangeEdge
    {
        public void OnCredit(Exchange exchange)
        {
        }
    }
}
