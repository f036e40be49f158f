using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scp.Actors.BackendPools;
using Scp.Host.Hocon.Binding;

namespace Scp.Host.Admin;

/// <summary>How pools stand, and what an operator says of their backends.</summary>
internal static class PoolEndpoints
{
    private const string Json = "application/json";

    /// <param name="app">The admin endpoint.</param>
    /// <param name="operations">What it can ask the proxy.</param>
    /// <param name="localOnly">Refuses callers that are no programs on this machine.</param>
    public static void Map(WebApplication app, AdminOperations operations, Func<RequestDelegate, RequestDelegate> localOnly)
    {
        app.MapGet("/pools/{**names}", localOnly(context => ShowAsync(context, operations.Pools())));
        app.MapPost("/pools/{**names}", localOnly(context => ChangeAsync(context, operations)));
    }

    private static Task ShowAsync(HttpContext context, PoolsReport report)
    {
        if (!TryFind(context, report, out var path, out var found, out var missing)) return NotFound(context, missing);
        if (path.Backend is not null) found = found with { Pools = [OnlyBackend(found.Pools[0], path.Backend)] };
        return WantsJson(context) ? WriteAsync(context, ReportJson.Write(found), Json) : WriteAsync(context, PoolsText.Render(found));
    }

    private static async Task ChangeAsync(HttpContext context, AdminOperations operations)
    {
        if (!TryFind(context, operations.Pools(), out var path, out _, out var missing)) await NotFound(context, missing);
        else if (path is not { Pool: { } pool, Backend: { } backend })
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "Name a backend: POST /pools/{pool}/backends/{backend}?state=draining");
        else if (BackendChange.Parse(context.Request.Query.Where(q => q.Key != "format"), out var error) is not { } change)
            await RefuseAsync(context, StatusCodes.Status400BadRequest, error);
        else
        {
            var administered = await operations.Administer(
                new AdministerBackend(pool, backend, change.State, change.Weight), context.RequestAborted);
            await (administered.Standing is null
                ? RefuseAsync(context, StatusCodes.Status409Conflict, administered.Refusal) // it left meanwhile
                : ShowAsync(context, operations.Pools()));
        }
    }

    /// <summary>What the path names; when there is no such thing, a sentence with what was probably meant.</summary>
    private static bool TryFind(HttpContext context, PoolsReport report, out PoolPath path, out PoolsReport found, out string missing)
    {
        found = report;
        missing = "Nothing is here; see GET /.";
        if (!PoolPath.TryParse(context.Features.Get<IHttpRequestFeature>()!.RawTarget, out path)) return false;
        if (path.Pool is not { } name) return true;
        missing = Missing("pool", name, report.Pools.Select(p => p.Pool));
        if (report.Pools.FirstOrDefault(p => p.Pool == name) is not { } pool) return false;
        found = new PoolsReport([pool]);
        if (path.Backend is not { } backend) return true;
        missing = Missing($"backend of pool {name}", backend, pool.Backends.Select(b => b.Name));
        return pool.Backends.Any(b => b.Name == backend);
    }

    private static string Missing(string kind, string name, IEnumerable<string> known) =>
        EditDistance.Nearest(name, known) is { } near
            ? $"There is no {kind} named '{name}'; did you mean '{near}'?"
            : $"There is no {kind} named '{name}'.";

    private static PoolReport OnlyBackend(PoolReport pool, string name) =>
        pool with { Backends = [.. pool.Backends.Where(b => b.Name == name)] };

    private static bool WantsJson(HttpContext context) =>
        context.Request.Query["format"] is [var format]
            ? format == "json"
            : context.Request.Headers.Accept.Any(a => a is not null && a.Contains(Json, StringComparison.OrdinalIgnoreCase));

    private static Task NotFound(HttpContext context, string sentence) => RefuseAsync(context, StatusCodes.Status404NotFound, sentence);

    private static Task RefuseAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, sentence + "\n");
    }

    private static Task WriteAsync(HttpContext context, string text, string contentType = "text/plain; charset=utf-8")
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text);
    }
}
