using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

[Collection(PipelineTests.Name)]
public sealed class KeepAliveSpec(PipelineFixture fixture)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    [Fact]
    public void Requests_of_one_connection_are_answered_one_after_the_other_over_one_origin_connection()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        for (var i = 1; i <= 3; i++)
        {
            client.Send(Get);
            Eventually.Holds(() => client.Received.Split("\r\n\r\nok").Length == i + 1, "No answer came.");
        }

        Assert.Single(proxy.Origin.Connections);
        Assert.False(client.IsOver);
    }
}
