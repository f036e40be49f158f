using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

public sealed class RealSocketsSpec : IAsyncLifetime
{
    private ScriptedOrigin _origin = null!;
    private RunningProxy _proxy = null!;

    public async Task InitializeAsync()
    {
        _origin = ScriptedOrigin.Ok();
        _proxy = await RunningProxy.StartAsync(_origin.EndPoint);
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Fact]
    public void A_request_is_answered_by_the_origin()
    {
        using var client = _proxy.Connect();

        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");

        Assert.EndsWith("\r\n\r\nok", client.ReadToEnd());
        Assert.StartsWith("GET / HTTP/1.1\r\nHost: a.example\r\n", _origin.Received);
    }
}
