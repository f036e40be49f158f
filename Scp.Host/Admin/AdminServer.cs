using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scp.Host.Web;
using Scp.Streams.Telemetry;

namespace Scp.Host.Admin;

/// <summary>
/// Health, metrics and a few operations over HTTP on a port of their own. It is beside the proxy, never in its way: when its port is
/// taken the proxy runs without it, when an operation throws the caller gets 500.
/// </summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private const string Index = """
        GET  /healthz   200 while the process runs
        GET  /readyz    200 when the proxy should get traffic, else 503 with the reasons
        GET  /metrics   Prometheus text format
        GET  /config    the configuration in force, secrets masked (this machine only)
        GET  /explain   what would be done with a request, and why: ?url=https://shop.example/cart (this machine only)
        GET  /pools     how pools and backends stand; /pools/{pool}; JSON with ?format=json (this machine only)
        POST /pools/{pool}/backends/{backend}?state=ready|draining|maintenance&weight=0..1000|reset
                        one of the two or both; holds through reloads and restarts (this machine only)
        POST /reload    read the configuration again; 422 with the errors keeps the old one (this machine only)
        POST /drain     finish what is under way and take nothing new (this machine only)

        """;

    private readonly EmbeddedWebServer? _server;

    private AdminServer(EmbeddedWebServer? server) => _server = server;

    /// <summary>Where it listens; null when it is switched off or could not bind.</summary>
    public Uri? Address => _server?.Addresses[0];

    /// <param name="settings">Where to listen.</param>
    /// <param name="operations">What it can ask the proxy.</param>
    /// <param name="warn">Told when the address cannot be bound, and of operations that threw.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<AdminServer> StartAsync(
        AdminSettings settings, AdminOperations operations, Action<string> warn, CancellationToken cancellation = default)
    {
        if (!settings.Enabled) return new AdminServer(null);
        try
        {
            return new AdminServer(
                await EmbeddedWebServer.StartAsync(settings.Bind, Limit, app => Map(app, operations, warn), cancellation));
        }
        catch (Exception cause) when (cause is IOException or System.Net.Sockets.SocketException)
        {
            warn($"The admin endpoint cannot listen on {settings.Bind} (scp.admin.bind): {cause.Message} The proxy runs without it.");
            return new AdminServer(null);
        }
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Enough for a scraper, probes and an operator; no more, so that a flood here takes nothing from the proxy.</summary>
    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.Limits.MaxConcurrentConnections = 64;
        kestrel.Limits.MaxRequestBodySize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
    }

    private static void Map(WebApplication app, AdminOperations operations, Action<string> warn)
    {
        app.Use(next => context => Guarded(next, context, warn));
        app.MapGet("/", context => Text(context, Index));
        app.MapGet("/healthz", context => Text(context, "ok\n"));
        app.MapGet("/readyz", context => Readiness(context, operations.Readiness()));
        app.MapGet("/metrics", context => Text(context, PrometheusText.Write(operations.Metrics()), PrometheusText.ContentType));
        app.MapGet("/config", LocalOnly(context => Text(context, operations.Configuration())));
        ExplainEndpoint.Map(app, operations, LocalOnly);
        PoolEndpoints.Map(app, operations, LocalOnly);
        app.MapPost("/reload", LocalOnly(async context => await Reloaded(context, await operations.Reload(context.RequestAborted))));
        app.MapPost("/drain", LocalOnly(context =>
        {
            operations.Drain();
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Text(context, "draining\n");
        }));
    }

    private static async Task Guarded(RequestDelegate next, HttpContext context, Action<string> warn)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
        }
#pragma warning disable CA1031 // whatever an operation throws becomes a 500 of the admin endpoint and nothing else
        catch (Exception cause) when (!context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            warn($"The admin call {context.Request.Method} {context.Request.Path} failed: {cause.Message}");
            if (context.Response.HasStarted) context.Abort();
            else await Failed(context);
        }
    }

    private static Task Failed(HttpContext context)
    {
        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return Text(context, "The call failed; the proxy's log says why.\n");
    }

    private static RequestDelegate LocalOnly(RequestDelegate call) => context =>
    {
        if (CallerPolicy.Refusal(context) is not { } refusal) return call(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Text(context, refusal + "\n");
    };

    private static Task Readiness(HttpContext context, ReadinessReport report)
    {
        context.Response.StatusCode = report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsJsonAsync(new { ready = report.IsReady, reasons = report.Reasons });
    }

    private static Task Reloaded(HttpContext context, ReloadReport report)
    {
        var taken = report.Errors.Count == 0;
        context.Response.StatusCode = taken ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        return context.Response.WriteAsJsonAsync(new { reloaded = taken, errors = report.Errors, warnings = report.Warnings });
    }

    private static Task Text(HttpContext context, string text, string contentType = "text/plain; charset=utf-8")
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text);
    }
}
