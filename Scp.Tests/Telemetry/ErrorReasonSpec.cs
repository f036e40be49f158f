using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Telemetry;

namespace Scp.Tests.Telemetry;

public class ErrorReasonSpec
{
    [Theory]
    [InlineData(ProxyError.None, "none")]
    [InlineData(ProxyError.NoRoute, "no-route")]
    [InlineData(ProxyError.TooManyInterimResponses, "too-many-interim-responses")]
    public void A_reason_is_the_name_in_kebab_case(ProxyError error, string reason)
    {
        Assert.Equal(reason, ErrorReason.Text(error));
        Assert.Equal(reason, Encoding.ASCII.GetString(ErrorReason.Utf8(error)));
    }

    [Fact]
    public void Every_error_has_a_reason_at_its_own_index()
    {
        foreach (var error in Enum.GetValues<ProxyError>())
            Assert.Equal(error.ToString(), ErrorReason.Text(error).Replace("-", ""), ignoreCase: true);
    }
}
