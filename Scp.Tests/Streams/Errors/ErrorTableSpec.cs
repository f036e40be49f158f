using Akka.Event;
using Scp.Streams.Errors;

namespace Scp.Tests.Streams.Errors;

public class ErrorTableSpec
{
    /// <summary>RFC 9209 section 2.3.</summary>
    private static readonly string[] Tokens =
    [
        "dns_timeout", "dns_error", "destination_not_found", "destination_unavailable", "destination_ip_prohibited",
        "destination_ip_unroutable", "connection_refused", "connection_terminated", "connection_timeout", "connection_read_timeout",
        "connection_write_timeout", "connection_limit_reached", "tls_protocol_error", "tls_certificate_error", "tls_alert_received",
        "http_request_error", "http_request_denied", "http_response_incomplete", "http_response_header_section_size",
        "http_response_header_size", "http_response_body_size", "http_response_trailer_section_size", "http_response_trailer_size",
        "http_response_transfer_coding", "http_response_content_coding", "http_response_timeout", "http_upgrade_failed",
        "http_protocol_error", "proxy_internal_response", "proxy_internal_error", "proxy_configuration_error", "proxy_loop_detected",
    ];

    public static TheoryData<ProxyError> Errors => [.. Enum.GetValues<ProxyError>()];

    [Theory]
    [MemberData(nameof(Errors))]
    public void Every_error_has_a_row_of_its_own_with_a_sentence(ProxyError error)
    {
        var row = ErrorTable.Of(error);
        Assert.Equal(error, row.Error);
        Assert.EndsWith(".", row.Sentence, StringComparison.Ordinal);
        Assert.True(row.Key is null || row.Sentence.Contains(row.Key, StringComparison.Ordinal));
        Assert.DoesNotContain("scp.", row.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Every_token_is_of_the_rfc_and_every_response_has_one(ProxyError error)
    {
        var row = ErrorTable.Of(error);
        if (row.HasResponse) Assert.Contains(row.ProxyStatus, Tokens);
        else Assert.Empty(row.ProxyStatus);
    }

    [Theory]
    [InlineData(ProxyError.AmbiguousFraming, 400)]
    [InlineData(ProxyError.UriTooLong, 414)]
    [InlineData(ProxyError.RequestHeadTooLarge, 431)]
    [InlineData(ProxyError.TooManyFields, 431)]
    [InlineData(ProxyError.ContentTooLarge, 413)]
    [InlineData(ProxyError.RequestHeadTimeout, 408)]
    [InlineData(ProxyError.RequestContentTimeout, 408)]
    [InlineData(ProxyError.ExpectationFailed, 417)]
    [InlineData(ProxyError.NoRoute, 404)]
    [InlineData(ProxyError.MethodNotAllowed, 405)]
    [InlineData(ProxyError.FilterDenied, 403)]
    [InlineData(ProxyError.NoBackend, 503)]
    [InlineData(ProxyError.ConnectRefused, 502)]
    [InlineData(ProxyError.ConnectTimeout, 504)]
    [InlineData(ProxyError.UpstreamReset, 502)]
    [InlineData(ProxyError.UpstreamClosedEarly, 502)]
    [InlineData(ProxyError.MalformedResponse, 502)]
    [InlineData(ProxyError.ResponseHeadTooLarge, 502)]
    [InlineData(ProxyError.ResponseHeadTimeout, 504)]
    [InlineData(ProxyError.DnsFailure, 502)]
    [InlineData(ProxyError.ClientDisconnected, 499)]
    public void The_status_is_that_of_the_failure_kind(ProxyError error, int status) => Assert.Equal(status, ErrorTable.Of(error).Status);

    [Fact]
    public void Only_our_own_fault_is_logged_as_an_error() =>
        Assert.All(ErrorTable.All, row => Assert.Equal(row.Fault == Fault.Proxy, row.LogLevel == LogLevel.ErrorLevel));

    [Fact]
    public void What_the_client_does_is_logged_at_debug_only() =>
        Assert.All(ErrorTable.All.Where(r => r.Fault == Fault.Client), row => Assert.Equal(LogLevel.DebugLevel, row.LogLevel));

    [Fact]
    public void After_broken_framing_the_connection_closes() =>
        Assert.All(
            ErrorTable.All.Where(r => r.Status is 400 or 408 or 413 or 414 or 431 or 501 or 505),
            row => Assert.True(row.ClosesClientConnection, row.Error.ToString()));

    [Fact]
    public void Only_what_failed_before_the_first_byte_may_go_elsewhere_with_any_method() =>
        Assert.Equal(
            [
                ProxyError.NoBackend, ProxyError.CircuitOpen, ProxyError.QueueFull, ProxyError.QueueTimeout, ProxyError.Overloaded,
                ProxyError.ConnectRefused, ProxyError.ConnectTimeout, ProxyError.ConnectFailed,
                ProxyError.DnsFailure,
            ],
            ErrorTable.All.Where(r => r.NothingSent).Select(r => r.Error));

    [Fact]
    public void Every_503_says_when_to_come_back() =>
        Assert.All(ErrorTable.All, row => Assert.Equal(row.Status == 503, row.RetryAfterSeconds > 0));
}
