using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Errors;

public class ErrorResponseSpec
{
    private static ResponseHead Fill(ProxyError error, Method method = Method.Get, bool proxyStatus = true)
    {
        var request = Heads.Request();
        request.Method = method;
        var response = new ResponseHead(request.Exchange);
        Assert.True(ErrorResponse.Fill(response, error, Heads.Rules(Heads.Settings with { ProxyStatus = proxyStatus })));
        return response;
    }

    [Fact]
    public void An_error_is_explained_to_the_client_without_internals()
    {
        var response = Fill(ProxyError.NoRoute);
        Assert.Equal("404 Not Found: no route matches this host and path.\n", Heads.Text(response.Content.Span));
        Assert.Equal(
            [
                "Date: Sun, 06 Nov 1994 08:49:37 GMT", "Content-Type: text/plain; charset=utf-8",
                $"Content-Length: {response.Content.Length}", "Proxy-Status: scp; error=destination_not_found; details=\"no-route\"",
            ],
            Heads.Lines(response.Fields));
        Assert.Equal(BodyFraming.Length, response.Framing);
        Assert.True(response.EndsMessage);
        response.Content.Release();
    }

    [Fact]
    public void A_response_to_head_has_the_length_and_no_content()
    {
        var response = Fill(ProxyError.NoRoute, Method.Head);
        Assert.True(response.Content.IsEmpty);
        Assert.Equal("52", response.Fields.Text(KnownField.ContentLength));
        Assert.Equal(BodyFraming.None, response.Framing);
        Assert.True(response.EndsMessage);
    }

    [Fact]
    public void A_503_says_when_to_come_back()
    {
        var response = Fill(ProxyError.NoBackend);
        Assert.Equal("5", response.Fields.Text(KnownField.RetryAfter));
        response.Content.Release();
    }

    [Fact]
    public void A_405_has_an_allow_field()
    {
        var response = Fill(ProxyError.MethodNotAllowed);
        Assert.Equal("", response.Fields.Text(KnownField.Allow));
        response.Content.Release();
    }

    [Fact]
    public void Proxy_status_can_be_switched_off()
    {
        var response = Fill(ProxyError.NoRoute, proxyStatus: false);
        Assert.Null(response.Fields.Text(KnownField.ProxyStatus));
        response.Content.Release();
    }

    [Theory]
    [InlineData(ProxyError.ClientDisconnected)]
    [InlineData(ProxyError.KeepAliveTimeout)]
    [InlineData(ProxyError.None)]
    public void What_has_no_response_leaves_the_head_alone(ProxyError error)
    {
        var response = new ResponseHead(Heads.Request().Exchange);
        Assert.False(ErrorResponse.Fill(response, error, Heads.Rules()));
        Assert.Equal(0, response.Fields.Count);
    }
}
