using System.Net;
using System.Runtime.InteropServices;
using Scp.Host.Configuration;

namespace Scp.Host.Cli;

/// <summary>scpd run: starts the proxy, obeys signals, stops it.</summary>
internal static class RunCommand
{
    public static async Task<int> ExecuteAsync(string? config, string[] definitions, CancellationToken cancellation)
    {
        var file = Path.GetFullPath(config ?? ConfigurationReader.DefaultFile);
        var loaded = Commands.Read(file, definitions);
        if (!Commands.Report(loaded)) return ExitCode.InvalidConfiguration;
        var settings = loaded.Settings!;

        // Read by the runtime when the first socket is made, so it has to be set before.
        if (settings.Transport.InlineCompletions) Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        ThreadPool.SetMinThreads(Math.Max(16, Environment.ProcessorCount), 16); // a burst of blocking work must not stop Akka's scheduler
        try
        {
            await using var host = await ProxyHost.StartAsync(loaded, () => Commands.Read(file, definitions), cancellation: cancellation);
            Console.Write(Banner.Render(Describe(host, settings, file)));
            using var watcher = new ConfigurationWatcher(file, () => Reload(host, "the file changed"));
            await WaitForStop(host, () => Reload(host, "SIGHUP"));
            await host.StopAsync();
            return host.Cut > 0 ? ExitCode.Cut : ExitCode.Success;
        }
        catch (ListenFailedException e)
        {
            foreach (var failed in e.Failed)
                Console.Error.WriteLine($"{BindOrigin(loaded, failed.Listener)}: scp.listeners.{failed.Listener}.bind: cannot listen on {failed.Address}: {failed.Reason}.");
            return ExitCode.CannotListen;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.CannotListen;
        }
    }

    private static string BindOrigin(LoadedConfiguration loaded, string listener) =>
        loaded.Root.Find($"scp.listeners.{listener}.bind")?.Origin.ToString() ?? "scp.listeners";

    private static void Reload(ProxyHost host, string reason)
    {
        host.ReopenLogs();
        _ = host.ReloadAsync(reason); // the config actor logs what became of it
    }

    /// <summary>Returns at the first SIGTERM or SIGINT; a second one ends the process at once.</summary>
    private static async Task WaitForStop(ProxyHost host, Action reload)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnStop(PosixSignalContext context)
        {
            context.Cancel = true;
            if (!stop.TrySetResult()) Environment.Exit(ExitCode.Cut);
            else Console.Error.WriteLine("Stopping: exchanges under way are finished. Once more to stop at once.");
        }

        var registrations = new List<PosixSignalRegistration>
        {
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop),
        };
        if (!OperatingSystem.IsWindows())
        {
            registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                reload();
            }));
        }

        await stop.Task;
        signals = registrations; // stay registered while the proxy drains, for the second signal
    }

    private static List<PosixSignalRegistration>? signals;

    private static BannerModel Describe(ProxyHost host, HostSettings settings, string file) => new()
    {
        Version = ProxyParts.Version,
        ConfigurationFile = file,
        Listeners = [.. host.Listeners.Select(l => (l.Listener, UrlOf(l.EndPoint)))],
        Routes = [.. settings.Routes.Select(r => (r.Key, MatchOf(r.Value), TargetOf(r.Value)))],
        Pools = [.. settings.Pools.Select(p => (p.Key, p.Value.LoadBalancing, (IReadOnlyList<string>)[.. p.Value.Backends.Select(b => b.Address)]))],
        Admin = host.AdminAddress,
        DemoOrigins = host.DemoAddresses,
    };

    private static string UrlOf(EndPoint endPoint) => endPoint is IPEndPoint ip
        ? $"http://{(ip.Address.Equals(IPAddress.IPv6Any) || ip.Address.Equals(IPAddress.Any) ? "*" : ip.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{ip.Address}]" : ip.Address)}:{ip.Port}/"
        : $"unix:{endPoint}";

    private static string MatchOf(Actors.Routing.RouteSettings route) =>
        $"{(route.Host.Count == 0 ? "*" : string.Join(",", route.Host))}{(route.Path.Count == 0 ? "" : " " + string.Join(",", route.Path))}";

    private static string TargetOf(Actors.Routing.RouteSettings route) =>
        route.Pool is { } pool ? $"pool {pool}" : route.Redirect.To is { } to ? $"{route.Redirect.Status} {to}" : $"{route.Respond.Status}";
}
