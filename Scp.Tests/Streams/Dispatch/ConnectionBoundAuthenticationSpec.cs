using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch;

/// <summary>Connections that became a user's are not shared.</summary>
public sealed class ConnectionBoundAuthenticationSpec
{
    [Theory]
    [InlineData("NTLM TlRMTVNTUAAB", true)]
    [InlineData("negotiate YIIZ", true)]
    [InlineData("Negotiate", true)]
    [InlineData("Basic dXNlcjpwYXNz", false)]
    [InlineData("Bearer NTLM", false)]
    [InlineData(null, false)]
    public void Ntlm_and_negotiate_are_recognised_by_their_scheme(string? value, bool expected)
    {
        var exchange = Exchanges.Create();
        if (value is not null) exchange.Request.Fields.Add("Authorization"u8, System.Text.Encoding.ASCII.GetBytes(value));
        Assert.Equal(expected, ConnectionBoundAuthentication.IsIn(exchange.Request));
    }
}
