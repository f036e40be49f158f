using System.CommandLine;
using System.Net;
using Scp.Actors.BackendPools;
using Scp.Actors.Discovery;
using Scp.Host.Configuration;
using Scp.Host.Hocon.Output;

namespace Scp.Host.Cli;

/// <summary>scpd run: starts the proxy, obeys signals, stops it.</summary>
internal static class RunCommand
{
    public static Func<ParseResult, CancellationToken, Task<int>> ExecuteAsync(Option<string?> config, Option<string[]> define) =>
        (parsed, cancellation) => ExecuteAsync(parsed.GetValue(config), parsed.GetValue(define) ?? [], cancellation);

    private static async Task<int> ExecuteAsync(string? config, string[] definitions, CancellationToken cancellation)
    {
        var file = Path.GetFullPath(config ?? ConfigurationReader.DefaultFile);
        var loaded = Commands.Read(file, definitions);
        if (!Commands.Report(loaded, Console.Error)) return ExitCode.InvalidConfiguration;
        var settings = loaded.Settings!;

        // Read by the runtime when the first socket is made, so it has to be set before.
        if (settings.Transport.InlineCompletions) Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        ThreadPool.SetMinThreads(Math.Max(16, Environment.ProcessorCount), 16); // a burst of blocking work must not stop Akka's scheduler
        using var signals = new Signals();
        try
        {
            await using var host = await ProxyHost.StartAsync(loaded, () => Commands.Read(file, definitions), cancellation: cancellation);
            using var watcher = new ConfigurationWatcher(
                () => host.ConfigurationFiles, () => host.ReloadAsync("a file changed"), Console.Error.WriteLine);
            signals.Reload = () =>
            {
                host.ReopenLogs();
                watcher.Ignore();
                _ = host.ReloadAsync("SIGHUP"); // the config actor logs what became of it
            };
            Console.Write(Banner.Render(Describe(host, settings, file)));
            await signals.Stop;
            await host.StopAsync();
            return host.Cut > 0 ? ExitCode.Cut : ExitCode.Success;
        }
        catch (ListenFailedException e)
        {
            Console.Error.Write(ConfigReport.For(loaded.Layers).Format(e.Failures.Select(f => f.At(loaded.Root))));
            return ExitCode.CannotListen;
        }
    }

    private static BannerModel Describe(ProxyHost host, HostSettings settings, string file) => new()
    {
        Version = ProxyParts.Version,
        ConfigurationFile = file,
        Listeners = [.. host.Listeners.Select(l => (l.Listener, UrlOf(l.EndPoint)))],
        Routes = [.. settings.Routes.Select(r => (r.Key, MatchOf(r.Value), TargetOf(r.Value)))],
        Pools = [.. host.Pools.Pools.Select(
            p => (p.Pool, p.Policy, (IReadOnlyList<string>)[.. p.Backends.Select(b => b.Address)], DiscoveryOf(settings.Pools[p.Pool])))],
        Admin = host.AdminAddress,
        DemoOrigins = host.DemoAddresses,
    };

    private static string DiscoveryOf(PoolSettings pool) =>
        pool.Discovery.Type == DiscoveryType.Off ? "" : $"{pool.Discovery.Type.ToString().ToLowerInvariant()} {pool.Discovery.Name}";

    private static string UrlOf(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint { Address: var any, Port: var port } when any.Equals(IPAddress.IPv6Any) || any.Equals(IPAddress.Any) =>
            $"http://*:{port}/",
        IPEndPoint => $"http://{endPoint}/",
        _ => $"unix:{endPoint}",
    };

    private static string MatchOf(Actors.Routing.RouteSettings route) =>
        $"{(route.Host.Count == 0 ? "*" : string.Join(",", route.Host))}"
        + $"{(route.Path.Count == 0 ? "" : " " + string.Join(",", route.Path))}";

    private static string TargetOf(Actors.Routing.RouteSettings route) =>
        route.Pool is { } pool ? $"pool {pool}" : route.Redirect.To is { } to ? $"{route.Redirect.Status} {to}" : $"{route.Respond.Status}";
}
