using System.Net;
using System.Net.Sockets;
using Scp.Tests.EndToEnd.Lifecycle;

namespace Scp.Tests.EndToEnd.Failover;

/// <summary>An origin as a process of its own, which can be killed and come back on the same port: scpd with a fixed answer, its name.</summary>
internal sealed class OriginProcess(TestFolder folder, string name) : IAsyncDisposable
{
    private ScpProcess? _process;

    public string Name => name;

    public string Address { get; } = $"127.0.0.1:{FreePort()}";

    public async Task StartAsync()
    {
        var file = folder.Write($"{name}.conf", $$"""
            scp {
              listeners.main.bind = "{{Address}}"
              routes.all.respond { status = 200, body = "{{name}}" }
              access-log.enabled = off
              forwarding.pseudonym = "origin-{{name}}" # its own, or it takes the proxy before it for a loop
              drain.close-idle-after = 500ms
            }
            """);
        _process = await ScpProcess.RunAsync(file);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        await _process!.DisposeAsync();
        _process = null;
    }

    /// <summary>SIGTERM, and back when it has drained.</summary>
    public async Task RestartAsync()
    {
        _process!.Terminate();
        Assert.Equal(0, await _process.ExitAsync());
        await _process.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
