using System.Diagnostics;
using System.Net.Sockets;
using Scp.Tests.EndToEnd.Lifecycle;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd.Examples;

/// <summary>The first example as its comment tells to try it: before two real nginx servers.</summary>
public sealed class NginxSpec : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Process? _nginx;
    private int _first, _second;

    public async Task InitializeAsync()
    {
        if (!NginxFactAttribute.IsThere) return;
        (_first, _second) = (StartSpec.FreePort(), StartSpec.FreePort());
        var configuration = _folder.Write("nginx.conf", $$"""
            daemon off;
            pid {{_folder.File("nginx.pid")}};
            error_log {{_folder.File("error.log")}};
            events { }
            http {
              access_log off;
              client_body_temp_path {{_folder.Path}}; proxy_temp_path {{_folder.Path}}; fastcgi_temp_path {{_folder.Path}};
              uwsgi_temp_path {{_folder.Path}}; scgi_temp_path {{_folder.Path}};
              server { listen 127.0.0.1:{{_first}}; location / { return 200 "first"; } }
              server { listen 127.0.0.1:{{_second}}; location / { return 200 "second"; } }
            }
            """);
        _nginx = Process.Start(new ProcessStartInfo("nginx", ["-c", configuration, "-p", _folder.Path]) { RedirectStandardError = true })!;
        await ListensAsync(_first);
        await ListensAsync(_second);
    }

    public async Task DisposeAsync()
    {
        if (_nginx is not null)
        {
            if (!_nginx.HasExited) _nginx.Kill(entireProcessTree: true);
            await _nginx.WaitForExitAsync();
            _nginx.Dispose();
        }

        _folder.Dispose();
    }

    [NginxFact]
    public async Task Requests_take_turns_between_two_nginx_and_connections_are_reused()
    {
        await using var proxy = await RunningProxy.StartAsync(
            Repository.Path("hocon/examples/reverse-proxy.conf"), "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off",
            $"scp.pools.web.backends=[{{ address = \"127.0.0.1:{_first}\" }}, {{ address = \"127.0.0.1:{_second}\" }}]");
        using var client = await WireClient.ConnectAsync(proxy.Listener("public"));
        var contents = new List<string>();

        for (var i = 0; i < 20; i++) contents.Add((await client.ExchangeAsync()).Content);

        Assert.Equal(10, contents.Count(c => c == "first"));
        Assert.Equal(10, contents.Count(c => c == "second"));
        var metrics = (await WireClient.GetAsync(proxy.Admin, "/metrics", "localhost")).Content;
        Assert.DoesNotMatch("scp_upstream_connections_opened_total\\{[^}]*\\} ([2-9]|1\\d)", metrics);
    }

    private async Task ListensAsync(int port)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(15); await Task.Delay(10))
        {
            Assert.False(_nginx!.HasExited, "nginx ended: " + (_nginx.HasExited ? await _nginx.StandardError.ReadToEndAsync() : ""));
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        Assert.Fail($"nginx does not listen on {port}.");
    }
}

/// <summary>Skipped, and shown as skipped, where there is no nginx.</summary>
public sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute()
    {
        if (!IsThere) Skip = "nginx is not installed";
    }

    public static bool IsThere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "nginx")));
}
