using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;
using Scp.Streams.Transport;

namespace Scp.Tests.Telemetry;

public class AccessLogLineSpec
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero));

    public AccessLogLineSpec() => _time.Advance(TimeSpan.FromHours(1));

    [Fact]
    public void A_json_line_holds_every_fact_of_the_exchange()
    {
        var line = Render(Json(), Exchanges.Completed(
            "POST", "/carts", "a=1", status: 503, error: ProxyError.ConnectRefused, time: _time, duration: TimeSpan.FromMilliseconds(12.5),
            fields: [("User-Agent", "curl/8"), ("Referer", "https://a.example/x"), ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]));

        Assert.Equal(
            """{"time":"2026-03-04T06:06:07.076Z","client":"192.0.2.7","listener":"public","method":"POST","host":"shop.example","path":"/carts","query":"a=1","version":"HTTP/1.1","status":503,"request_bytes":10,"response_bytes":20,"duration_ms":12.500,"head_ms":12.500,"route":"shop","pool":"carts","backend":"carts-1","attempts":1,"error":"connect-refused","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","user_agent":"curl/8","referer":"https://a.example/x"}""" + "\n",
            line);
    }

    [Fact]
    public void The_target_is_the_client_s_not_the_one_that_a_rewrite_made()
    {
        var exchange = Exchanges.Completed("GET", "/cart/7", "a=1", time: _time);
        var request = exchange.Request;
        request.KeepReceivedTarget();
        request.Target.Path = request.Fields.AppendBytes("/7"u8);
        request.Target.Authority = request.Fields.AppendBytes("internal"u8);

        Assert.Contains("\"host\":\"shop.example\",\"path\":\"/cart/7\",\"query\":\"a=1\"", Render(Json(), exchange));
    }

    [Fact]
    public void A_combined_line_is_what_log_analysers_of_httpd_and_nginx_read()
    {
        var line = Render(Json() with { Format = AccessLogFormat.Combined }, Exchanges.Completed(
            query: "a=1", time: _time, fields: [("User-Agent", "curl/8"), ("Referer", "https://a.example/x")]));

        Assert.Equal("192.0.2.7 - - [04/Mar/2026:06:06:07 +0000] \"GET /a?a=1 HTTP/1.1\" 200 20 \"https://a.example/x\" \"curl/8\"\n", line);
    }

    [Fact]
    public void What_is_absent_is_a_dash_in_a_combined_line()
    {
        var line = Render(Json() with { Format = AccessLogFormat.Combined }, Exchanges.Completed(time: _time));

        Assert.EndsWith("\"GET /a HTTP/1.1\" 200 20 \"-\" \"-\"\n", line);
    }

    [Theory]
    [InlineData("x\r\n192.0.2.9 - admin")]
    [InlineData("\",\"status\":200,\"x\":\"")]
    [InlineData("back\\slash\\")]
    [InlineData("\u001b[2J\u0007\0\u007f\u009b31m")]
    public void A_peer_can_neither_end_its_json_value_nor_reach_the_terminal(string hostile)
    {
        var line = Render(Json(), Exchanges.Completed(path: "/" + hostile, query: hostile, fields: [("User-Agent", hostile), ("Referer", hostile)]));

        Assert.Equal(line.Length - 1, line.AsSpan().IndexOfAnyExceptInRange(' ', '~'));
        using var parsed = JsonDocument.Parse(line);
        Assert.Equal(hostile, parsed.RootElement.GetProperty("user_agent").GetString());
        Assert.Equal("/" + hostile, parsed.RootElement.GetProperty("path").GetString());
        Assert.Equal(hostile, parsed.RootElement.GetProperty("query").GetString());
        Assert.Equal(200, parsed.RootElement.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("x\r\n192.0.2.9 - admin")]
    [InlineData("\" 200 0 \"-\" \"forged")]
    [InlineData("back\\slash\\")]
    [InlineData("\u001b[2J\u0007\0\u007f\u009b31m")]
    public void A_peer_can_neither_end_its_combined_value_nor_reach_the_terminal(string hostile)
    {
        var line = Render(Json() with { Format = AccessLogFormat.Combined }, Exchanges.Completed(path: "/" + hostile, fields: [("User-Agent", hostile), ("Referer", hostile)]));

        Assert.Equal(line.Length - 1, line.AsSpan().IndexOfAnyExceptInRange(' ', '~'));
        Assert.Equal(6, line.Count(c => c == '"'));
    }

    [Fact]
    public void Valid_utf8_stays_readable_and_invisible_formatting_is_escaped()
    {
        var agent = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("žluť\u202Eexe"));

        Assert.Contains("\"user_agent\":\"žluť\\u202Eexe\"", Render(Json(), Exchanges.Completed(fields: [("User-Agent", agent)])));
    }

    [Theory]
    [InlineData("token=s3cret&a=1", "token=REDACTED&a=1")]
    [InlineData("a=1&TOKEN=s3cret", "a=1&TOKEN=REDACTED")]
    [InlineData("a=1;%74o%6Ben=s3cret", "a=1;%74o%6Ben=REDACTED")]
    [InlineData("token=s3cret=b&token", "token=REDACTED&token")]
    [InlineData("tokens=1&=2&&", "tokens=1&=2&&")]
    public void Secret_parameters_are_masked(string query, string logged) =>
        Assert.Contains($"\"query\":\"{logged}\"", Render(Json(), Exchanges.Completed(query: query)));

    [Fact]
    public void Secret_parameters_are_masked_in_the_referer_too() =>
        Assert.Contains("\"referer\":\"https://a.example/?token=REDACTED\"", Render(Json(), Exchanges.Completed(fields: [("Referer", "https://a.example/?token=s3cret")])));

    [Fact]
    public void A_star_masks_every_value() =>
        Assert.Contains("\"query\":\"a=REDACTED&b=REDACTED\"", Render(Json() with { RedactParameters = ["*"] }, Exchanges.Completed(query: "a=1&b=2")));

    [Fact]
    public void The_query_can_be_left_out()
    {
        var settings = Json() with { Query = false };

        Assert.DoesNotContain("s3cret", Render(settings, Exchanges.Completed(query: "q=s3cret", fields: [("Referer", "/?q=s3cret")])));
        Assert.DoesNotContain("s3cret", Render(settings with { Format = AccessLogFormat.Combined }, Exchanges.Completed(query: "q=s3cret", fields: [("Referer", "/?q=s3cret")])));
    }

    [Fact]
    public void Credentials_are_never_logged_even_when_their_fields_are_named()
    {
        var settings = Json() with { RequestFields = ["X-Tenant", "Authorization", "Cookie", "proxy-authorization", "X-Absent"] };
        var line = Render(settings, Exchanges.Completed(fields:
            [("x-tenant", "blue"), ("Authorization", "Bearer s3cret"), ("Cookie", "id=s3cret"), ("Proxy-Authorization", "Basic s3cret")]));

        Assert.DoesNotContain("s3cret", line);
        Assert.Contains("""
            "fields":{"x-tenant":"blue","authorization":"REDACTED","cookie":"REDACTED","proxy-authorization":"REDACTED"}}
            """, line);
    }

    [Fact]
    public void A_request_that_was_refused_before_it_had_a_head_is_logged()
    {
        var connection = Exchanges.Completed().Connection;
        var exchange = new Exchange(connection, Exchanges.Edge) { Record = { Status = 400, Error = ProxyError.MalformedRequestLine } };

        Assert.Contains("\"status\":400", Render(Json(), exchange));
        Assert.Contains("\"error\":\"malformed-request-line\"", Render(Json(), exchange));
        Assert.Contains("\"-\" 400 0", Render(Json() with { Format = AccessLogFormat.Combined }, exchange));
    }

    [Fact]
    public void A_released_head_does_no_harm()
    {
        var exchange = Exchanges.Completed(query: "a=1", fields: [("User-Agent", "x")]);
        exchange.Request.Fields.Release();

        Assert.Contains("\"status\":200", Render(Json(), exchange));
    }

    [Fact]
    public void A_long_value_is_cut()
    {
        var line = Render(Json(), Exchanges.Completed(path: "/" + new string('\u0001', 30_000), query: new string('q', 30_000), fields: [("User-Agent", new string('u', 30_000))]));

        Assert.InRange(line.Length, 6 * 2048, 9 * 2048);
        JsonDocument.Parse(line).Dispose();
    }

    [Fact]
    public void Rendering_allocates_nothing()
    {
        var lines = new AccessLogLine(Json(), TimeProvider.System);
        var exchange = Exchanges.Completed(query: "a=1&token=x", fields: [("User-Agent", "curl/8"), ("Referer", "/?a")]);
        for (var i = 0; i < 100; i++) lines.Render(exchange).Buffer.Release();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) lines.Render(exchange).Buffer.Release();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000); // a buffer that another test took is made anew
    }

    internal static AccessLogSettings Json() => new()
    {
        Enabled = true,
        Format = AccessLogFormat.Json,
        Path = "stdout",
        QueueCapacity = 1024,
        FlushInterval = TimeSpan.Zero,
        Query = true,
        RedactParameters = ["token"],
        RequestFields = [],
    };

    private string Render(AccessLogSettings settings, Exchange exchange)
    {
        var (buffer, length) = new AccessLogLine(settings, _time).Render(exchange);
        var line = Encoding.UTF8.GetString(buffer.Bytes, 0, length);
        buffer.Release();
        return line;
    }
}
