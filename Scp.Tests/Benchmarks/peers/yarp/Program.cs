using System.Net;
using Yarp.ReverseProxy.Configuration;

// YARP as a peer of SCP in the benchmarks: one listener, one route, one destination, no logs.
// Arguments: the port to listen on, the port of the origin.
var port = int.Parse(args[0]);
var origin = $"http://127.0.0.1:{int.Parse(args[1])}/";

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.KeepAliveTimeout = TimeSpan.FromHours(1);
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Listen(IPAddress.Loopback, port);
});
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "all", ClusterId = "origin", Match = new RouteMatch { Path = "/{**rest}" } }],
    [
        new ClusterConfig
        {
            ClusterId = "origin",
            Destinations = new Dictionary<string, DestinationConfig> { ["origin"] = new() { Address = origin } },
        },
    ]);

var app = builder.Build();
app.MapReverseProxy();
app.Run();
