using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Scp.Actors.Decisions;
using Scp.Host.Explain;

namespace Scp.Host.Admin;

/// <summary>
/// GET /explain?method=GET&amp;url=...: what the running proxy would do with a request now, as text, or as JSON where Accept or format=json
/// ask for it.
/// </summary>
internal static class ExplainEndpoint
{
    private static readonly string[] Known = ["method", "url", "header", "listener", "client", "seed", "format"];

    public static void Map(WebApplication app, AdminOperations operations, Func<RequestDelegate, RequestDelegate> localOnly) =>
        app.MapGet("/explain", localOnly(context => AnswerAsync(context, operations.Explain())));

    private static Task AnswerAsync(HttpContext context, Explainer explainer)
    {
        if (QueryOf(context.Request.Query, out var error) is not { } query || explainer.Explain(query, out error) is not { } trace)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return WriteAsync(context, error + "\n", "text/plain; charset=utf-8");
        }

        return WantsJson(context.Request)
            ? WriteAsync(context, ReportJson.Write(trace), "application/json")
            : WriteAsync(context, DecisionText.Render(trace), "text/plain; charset=utf-8");
    }

    private static ExplainQuery? QueryOf(IQueryCollection parameters, out string error)
    {
        error = parameters.Keys.FirstOrDefault(k => !Known.Contains(k)) is { } unknown
            ? $"there is no parameter '{unknown}'; there is {string.Join(", ", Known)}"
            : "";
        var url = parameters["url"].ToString();
        if (error.Length == 0 && url.Length == 0) error = "url is missing: /explain?method=GET&url=https%3A%2F%2Fshop.example%2Fcart";
        var seed = 1UL;
        if (error.Length == 0 && parameters.TryGetValue("seed", out var text)
            && !ulong.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out seed))
            error = $"seed is '{text}', which is no whole number from 0 to {ulong.MaxValue}";
        var method = parameters.TryGetValue("method", out var given) ? given.ToString() : "GET";
        string[] headers = [.. parameters["header"].OfType<string>()];
        return error.Length > 0 ? null : new ExplainQuery(method, url, headers, First("listener"), First("client"), seed);

        string? First(string name) => parameters.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    private static bool WantsJson(HttpRequest request) =>
        request.Query.TryGetValue("format", out var format)
            ? format == "json"
            : request.GetTypedHeaders().Accept.Any(a => a.MediaType == "application/json");

    private static Task WriteAsync(HttpContext context, string text, string contentType)
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text);
    }
}
