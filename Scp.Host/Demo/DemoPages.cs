using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scp.Host.Demo;

/// <summary>What a demo origin answers: each page shows one thing that a proxy must get right.</summary>
internal static class DemoPages
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    public static void Map(WebApplication app, string name)
    {
        app.UseWebSockets();
        app.Use(next => context =>
        {
            context.Response.Headers["X-Demo-Origin"] = name;
            return next(context);
        });
        app.Map("/slow", context => Slow(context, name));
        app.Map("/stream", Stream);
        app.Map("/status/{code:int:range(200,599)}", Status);
        app.Map("/echo", Echo);
        app.Map("/ws", WebSocketEcho);
        app.Map("/trailers", Trailers);
        app.MapFallback("{*path}", context => Show(context, name));
    }

    /// <summary>Shows who answers and the request as it arrived, with what the proxy changed.</summary>
    private static Task Show(HttpContext context, string name)
    {
        var request = context.Request;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var text = new StringBuilder($"Hello from {name}.\n\n{request.Method} {target} {request.Protocol}\n");
        foreach (var (field, values) in request.Headers)
            foreach (var value in values)
                text.Append(field).Append(": ").Append(value).Append('\n');
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text.ToString());
    }

    /// <summary>Answers after ?seconds=, 2 when it is not given.</summary>
    private static async Task Slow(HttpContext context, string name)
    {
        var delay = TimeSpan.FromSeconds(Number(context, "seconds", 2));
        await Task.Delay(delay < LongestDelay ? delay : LongestDelay, context.RequestAborted);
        await context.Response.WriteAsync($"{name} took its time.\n");
    }

    /// <summary>Sends ?lines= lines (10), one each ?seconds= (1), each as a chunk of its own.</summary>
    private static async Task Stream(HttpContext context)
    {
        var lines = Number(context, "lines", 10);
        var pause = TimeSpan.FromSeconds(Math.Min(Number(context, "seconds", 1), 60));
        context.Response.ContentType = "text/plain; charset=utf-8";
        for (var i = 1; i <= lines; i++)
        {
            await context.Response.WriteAsync($"tick {i}\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (i < lines) await Task.Delay(pause, context.RequestAborted);
        }
    }

    private static Task Status(HttpContext context)
    {
        var code = int.Parse((string)context.Request.RouteValues["code"]!, CultureInfo.InvariantCulture);
        context.Response.StatusCode = code;
        return code is 204 or 205 or 304 ? Task.CompletedTask : context.Response.WriteAsync($"{code}\n");
    }

    /// <summary>Sends the content back as it arrives, and each request field as X-Echo-*.</summary>
    private static async Task Echo(HttpContext context)
    {
        foreach (var (field, values) in context.Request.Headers) context.Response.Headers["X-Echo-" + field] = values;
        context.Response.ContentType = context.Request.ContentType ?? "application/octet-stream";
        context.Response.ContentLength = context.Request.ContentLength;
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>Kestrel has no trailers for HTTP/1.1, but leaves the framing to a page that sets Transfer-Encoding itself.</summary>
    private static Task Trailers(HttpContext context)
    {
        context.Response.Headers.TransferEncoding = "chunked";
        context.Response.Headers.Trailer = "X-Demo-Checksum";
        return context.Response.WriteAsync("13\r\nA trailer follows.\n\r\n0\r\nX-Demo-Checksum: 42\r\n\r\n");
    }

    private static async Task WebSocketEcho(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
            await context.Response.WriteAsync("This page speaks WebSocket.\n");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private static double Number(HttpContext context, string parameter, double otherwise) =>
        double.TryParse(context.Request.Query[parameter], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value
            : otherwise;
}
