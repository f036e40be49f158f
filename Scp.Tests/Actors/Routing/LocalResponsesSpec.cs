using System.Text;
using Scp.Actors.Routing;
using Scp.Streams.Messages;
using Scp.Tests.Support;
using static Scp.Tests.Support.Routes;

namespace Scp.Tests.Actors.Routing;

public class LocalResponsesSpec
{
    [Theory]
    [InlineData("https://{host}{path}{query}", "http.example:8080", "/a/b?c=d", "https://http.example/a/b?c=d")]
    [InlineData("https://{host}{path}{query}", "http.example", "/a", "https://http.example/a")]
    [InlineData("https://{host}{path}{query}", "http.example", "/a?", "https://http.example/a?")]
    [InlineData("http://{authority}/x", "h.example:8080", "/", "http://h.example:8080/x")]
    [InlineData("https://new.example/{rest}?from=old{query}", "h.example", "/a?b=c", "https://new.example/a?from=old&b=c")]
    [InlineData("{path}/", "h.example", "/dir", "/dir/")]
    [InlineData("/", "h.example", "/dir", "/")]
    public void The_location_is_made_of_the_request(string to, string authority, string target, string expected) =>
        Assert.Equal(expected, LocationOf(Respond(Redirecting("/*", to), Requests.Get(authority, target))));

    [Theory]
    [InlineData("{path}", "//evil.example/x", "/evil.example/x")]
    [InlineData("/{rest}", "//evil.example/x", "/evil.example/x")]
    [InlineData("/{rest}", "///evil.example", "/evil.example")]
    [InlineData("/{rest}", "/\\evil.example", "/%5Cevil.example")]
    [InlineData("/{rest}", "/\t/evil.example", "/%09/evil.example")]
    [InlineData("{path}", "/a\r\nSet-Cookie: x=1", "/a%0D%0ASet-Cookie:%20x=1")]
    [InlineData("https://h.example/{rest}", "/@evil.example", "https://h.example/@evil.example")]
    public void A_client_cannot_choose_another_host_or_another_field(string to, string rawPath, string expected)
    {
        var request = Requests.Get("h.example", "/");
        request.Target.Path = request.Fields.AppendBytes(Encoding.Latin1.GetBytes(rawPath));
        Assert.Equal(expected, LocationOf(Respond(Redirecting("/*", to), request)));
    }

    [Fact]
    public void A_host_and_a_query_are_escaped_too()
    {
        var request = Requests.Get("a@evil.example/\r\n", "/?x=\r\ny #z");
        Assert.Equal("https://a%40evil.example%2F%0D%0A/?x=%0D%0Ay%20%23z", LocationOf(Respond(Redirecting("/*", "https://{host}{path}{query}"), request)));
    }

    [Fact]
    public void A_redirect_to_the_hosts_name_is_400_when_there_is_none()
    {
        var response = Respond(Redirecting("/*", "https://{host}{path}"), Requests.Get("", "/a"));
        Assert.Equal(400, response.Status);
        Assert.Null(LocationOf(response));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public void A_redirect_has_its_status_and_no_content(int status)
    {
        var response = Respond(Redirecting("/*", "/x", status), Requests.Get("h.example", "/"));
        Assert.Equal(status, response.Status);
        Assert.Equal("0", response.Fields.Text(KnownField.ContentLength));
        Assert.True(response.EndsMessage && response.Content.IsEmpty);
    }

    [Fact]
    public void A_fixed_response_says_how_long_it_is()
    {
        var response = Respond(Responding(503, "caf\u00e9\n", ("Retry-After", "30")), Requests.Get("h.example", "/"));
        Assert.Equal((503, BodyFraming.Length, 6L, true), (response.Status, response.Framing, response.ContentLength, response.EndsMessage));
        Assert.Equal("6", response.Fields.Text(KnownField.ContentLength));
        Assert.Equal("30", response.Fields.Text(KnownField.RetryAfter));
        Assert.Equal("text/plain; charset=utf-8", response.Fields.Text(KnownField.ContentType));
        Assert.Equal("caf\u00e9\n", Encoding.UTF8.GetString(response.Content.Span));
        response.Content.Release();
    }

    [Fact]
    public void HEAD_gets_the_fields_and_no_content()
    {
        var response = Respond(Responding(200, "ok\n"), Requests.Of("HEAD", "h.example", "/"));
        Assert.Equal("3", response.Fields.Text(KnownField.ContentLength));
        Assert.Equal((BodyFraming.None, 3L), (response.Framing, response.ContentLength));
        Assert.True(response.EndsMessage && response.Content.IsEmpty);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public void A_status_without_content_has_no_length(int status)
    {
        var response = Respond(Responding(status), Requests.Get("h.example", "/"));
        Assert.Equal(BodyFraming.None, response.Framing);
        Assert.False(response.Fields.MayContain(KnownField.ContentLength));
        Assert.False(response.Fields.MayContain(KnownField.ContentType));
    }

    private static ResponseHead Respond(RouteSettings settings, RequestHead request)
    {
        var response = new ResponseHead(request.Exchange);
        Table(("r", settings)).Match(request, out _)!.LocalResponse!.Respond(request, response);
        return response;
    }

    private static string? LocationOf(ResponseHead response) => response.Fields.Text(KnownField.Location);
}
