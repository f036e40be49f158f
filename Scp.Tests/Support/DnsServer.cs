using System.Diagnostics;

namespace Scp.Tests.Support;

/// <summary>dnsmasq on a port of its own on loopback, which knows the names the test gives it and nothing else.</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    // Below the ports that systems give away by themselves, so that one that is free stays free while the server is stopped.
    private const int FirstPort = 20_000;
    private const int LastPort = 30_000;

    private readonly Process _process;
    private bool _isStopped;

    private DnsServer(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <param name="port">0 takes a free one.</param>
    /// <param name="records">Options of dnsmasq, e.g. "--host-record=a.internal,10.0.0.1,60".</param>
    public static async Task<DnsServer> StartAsync(int port, params string[] records)
    {
        if (port != 0) return await StartOnAsync(port, records);
        for (var attempts = 20; ; attempts--)
        {
            try
            {
                return await StartOnAsync(Random.Shared.Next(FirstPort, LastPort), records);
            }
            catch (InvalidOperationException) when (attempts > 0)
            {
                // Taken, for UDP or for TCP: another one.
            }
        }
    }

    private static async Task<DnsServer> StartOnAsync(int port, string[] records)
    {
        var start = new ProcessStartInfo(DnsmasqFactAttribute.Program!)
        {
            RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        string[] fixedOptions =
        [
            "--conf-file=/dev/null", "--keep-in-foreground", "--pid-file", "--no-resolv", "--no-hosts", "--bind-interfaces", "--user=",
            "--listen-address=127.0.0.1", "--local=/internal/", $"--port={port}", "--log-facility=-", "--cache-size=0",
        ];
        foreach (var option in fixedOptions.Concat(records)) start.ArgumentList.Add(option);
        var server = new DnsServer(Process.Start(start)!, port);
        try
        {
            await server.ListensAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>It may be stopped early and once more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>It says that it started when its sockets are open.</summary>
    private async Task ListensAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var said = "";
        while (await _process.StandardError.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Contains("started, version", StringComparison.Ordinal))
            {
                _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
                return;
            }

            said += line + "\n";
        }

        throw new InvalidOperationException($"dnsmasq did not start: {said}");
    }
}
