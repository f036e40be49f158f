using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scp.Host.Web;

namespace Scp.Tests.Web;

public class EmbeddedWebServerSpec
{
    [Fact]
    public async Task It_leaves_signals_to_the_main_host()
    {
        IHostLifetime? lifetime = null;
        await using var server = await EmbeddedWebServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), _ => { }, app => lifetime = app.Services.GetRequiredService<IHostLifetime>(), default);

        Assert.Equal("NoSignals", lifetime!.GetType().Name);
    }

    [Fact]
    public async Task It_does_not_say_what_it_is_made_of()
    {
        await using var server = await EmbeddedWebServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), _ => { }, app => app.MapGet("/", context => context.Response.WriteAsync("x")), default);
        using var client = new HttpClient();

        using var response = await client.GetAsync(server.Addresses[0]);

        Assert.False(response.Headers.Contains("Server"));
    }
}
