using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Messages;

public class MaxForwardsSpec
{
    private static RequestHead Request(string method, params string[] lines)
    {
        var request = Heads.Request(lines);
        request.Method = MethodTraits.Parse(Heads.Bytes(method));
        request.MethodToken = request.Fields.AppendBytes(Heads.Bytes(method));
        return request;
    }

    [Theory]
    [InlineData("TRACE", "3", "2")]
    [InlineData("OPTIONS", "10", "9")]
    [InlineData("OPTIONS", "99999999999999999999", "2147483646")]
    [InlineData("GET", "3", "3")]
    [InlineData("GET", "0", "0")]
    [InlineData("GET", "x", "x")]
    public void Trace_and_options_count_down_and_other_methods_ignore_it(string method, string received, string sent)
    {
        var request = Request(method, $"Max-Forwards: {received}");
        Assert.Equal(ProxyError.None, MaxForwards.Apply(request, out var isLast));
        Assert.False(isLast);
        Assert.Equal(sent, request.Fields.Text(KnownField.MaxForwards));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1, 2")]
    [InlineData("")]
    [InlineData("+5")]
    public void A_malformed_value_is_refused(string value) =>
        Assert.Equal(ProxyError.MalformedField, MaxForwards.Apply(Request("TRACE", $"Max-Forwards: {value}"), out _));

    [Fact]
    public void Two_values_are_refused() =>
        Assert.Equal(ProxyError.MalformedField, MaxForwards.Apply(Request("TRACE", "Max-Forwards: 1", "Max-Forwards: 1"), out _));

    [Fact]
    public void At_zero_options_is_answered_with_allow_and_no_content()
    {
        var request = Request("OPTIONS", "Max-Forwards: 0");
        MaxForwards.Apply(request, out var isLast);
        var response = new ResponseHead(request.Exchange);
        MaxForwards.Answer(request, response, Heads.Rules().Date);
        Assert.True(isLast);
        Assert.Equal(200, response.Status);
        Assert.Contains("Content-Length: 0", Heads.Lines(response.Fields));
        Assert.NotNull(response.Fields.Text(KnownField.Allow));
        Assert.True(response.EndsMessage);
    }

    [Fact]
    public void At_zero_trace_is_answered_with_the_head_without_its_secrets()
    {
        var request = Request("TRACE", "Host: example.com", "Max-Forwards: 0", "Cookie: a=b", "Authorization: Basic x", "X-A: 1");
        MaxForwards.Apply(request, out var isLast);
        var response = new ResponseHead(request.Exchange);
        MaxForwards.Answer(request, response, Heads.Rules().Date);
        Assert.True(isLast);
        Assert.Equal("TRACE / HTTP/1.1\r\nHost: example.com\r\nMax-Forwards: 0\r\nX-A: 1\r\n\r\n", Heads.Text(response.Content.Span));
        Assert.Equal("message/http", response.Fields.Text(KnownField.ContentType));
        Assert.Equal($"{response.Content.Length}", response.Fields.Text(KnownField.ContentLength));
        response.Content.Release();
    }
}
