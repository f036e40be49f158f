using System.CommandLine;

namespace Scp.Host.Cli;

/// <summary>scpd pools and scpd backend: what curl does with /pools of the admin endpoint, without having to escape names.</summary>
internal static class PoolCommands
{
    private static readonly Option<string> Admin = new("--admin")
    {
        Description = "The admin endpoint of the running proxy. Without it: http://127.0.0.1:9090.",
        DefaultValueFactory = _ => "http://127.0.0.1:9090",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Prints JSON." };

    public static IEnumerable<Command> Build() => [Pools(), Backend()];

    private static Command Pools()
    {
        var pool = new Argument<string?>("pool") { Description = "One pool; without it all.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("pools", "Shows how the pools of a running proxy stand: each backend's health, state, weight and load.")
        {
            pool, Admin, Json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var path = parsed.GetValue(pool) is { } name ? $"/pools/{Uri.EscapeDataString(name)}" : "/pools";
            return CallAsync(parsed, HttpMethod.Get, path, [], cancellation);
        });
        return command;
    }

    private static Command Backend()
    {
        var pool = new Argument<string>("pool") { Description = "The pool." };
        var backend = new Argument<string>("backend") { Description = "The backend's name, as scpd pools shows it." };
        var state = new Option<string?>("--state")
        {
            Description = "ready; draining: no new sessions, those it has go on; maintenance: no requests at all.",
        };
        var weight = new Option<string?>("--weight") { Description = "0 to 1000, or reset for the configured one." };
        var command = new Command("backend",
            "Changes a backend of a running proxy, and shows it; without options only shows it. The change holds through reloads and restarts.")
        {
            pool, backend, state, weight, Admin, Json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            List<string> query =
            [
                .. parsed.GetValue(state) is { } s ? [$"state={Uri.EscapeDataString(s)}"] : Array.Empty<string>(),
                .. parsed.GetValue(weight) is { } w ? [$"weight={Uri.EscapeDataString(w)}"] : Array.Empty<string>(),
            ];
            var path = $"/pools/{Uri.EscapeDataString(parsed.GetValue(pool)!)}/backends/{Uri.EscapeDataString(parsed.GetValue(backend)!)}";
            return CallAsync(parsed, query.Count > 0 ? HttpMethod.Post : HttpMethod.Get, path, query, cancellation);
        });
        return command;
    }

    private static Task<int> CallAsync(
        ParseResult parsed, HttpMethod method, string path, IEnumerable<string> query, CancellationToken cancellation)
    {
        var console = parsed.InvocationConfiguration;
        string[] parameters = [.. query, .. parsed.GetValue(Json) ? ["format=json"] : Array.Empty<string>()];
        var target = parameters.Length > 0 ? $"{path}?{string.Join('&', parameters)}" : path;
        if (Uri.TryCreate(parsed.GetValue(Admin), UriKind.Absolute, out var admin) && admin.Scheme == Uri.UriSchemeHttp)
            return AdminClient.CallAsync(method, admin, target, console.Output, console.Error, cancellation);
        console.Error.WriteLine($"--admin '{parsed.GetValue(Admin)}' is no URL of an admin endpoint: write http://127.0.0.1:9090");
        return Task.FromResult(ExitCode.InvalidConfiguration);
    }
}
