using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Scp.Tests.EndToEnd.Support;

/// <summary>A proxy in a process of its own, so that its memory and its output can be looked at.</summary>
internal sealed partial class ScpdProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _file;
    private readonly StringBuilder _output = new();

    private ScpdProcess(Process process, string file)
    {
        _process = process;
        _file = file;
    }

    public EndPoint Address { get; private set; } = null!;

    /// <summary>Everything it wrote so far, on both streams, without the access log.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>MiB of memory that it has now.</summary>
    public double Resident => Read("VmRSS");

    /// <summary>MiB of memory that it had at most since it was started or <see cref="ForgetPeak"/> was called.</summary>
    public double Peak => Read("VmHWM");

    public static bool CanMeasure => OperatingSystem.IsLinux();

    public static async Task<ScpdProcess> StartAsync(string configuration)
    {
        var file = Path.Combine(Path.GetTempPath(), $"scp-{Guid.NewGuid():n}.conf");
        await File.WriteAllTextAsync(file, $$"""
            scp {
              listeners.main.bind = "127.0.0.1:0"
              routes.local { path = "/local", respond { status = 200, body = "local" } }
              admin.enabled = off
              access-log.enabled = off
              persistence.enabled = off
              drain { close-idle-after = 0s, hard-stop = 10ms }
              {{configuration}}
            }
            """);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "scpd.dll"), "run", "--config", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCgen0size"] = "0x200000"; // what is measured shall be what is held, not what waits for the collector
        var scpd = new ScpdProcess(Process.Start(start)!, file);
        scpd.Collect();
        Assert.True(SpinWait.SpinUntil(scpd.IsListening, Patience), $"It did not start: {scpd.Output}");
        return scpd;
    }

    public Task<HostileClient> ConnectAsync(int receiveBuffer = 0) => HostileClient.ConnectAsync(Address, receiveBuffer);

    public Task<Answer> AskAsync(string path) => HostileClient.AskAsync(Address, $"GET {path} HTTP/1.1\r\nHost: scp.test\r\n\r\n");

    /// <summary>Lets the code be compiled and the pools fill, so that what is measured afterwards is growth.</summary>
    public async Task WarmUpAsync(string path = "/local")
    {
        using var client = await ConnectAsync();
        for (var i = 0; i < 200; i++) await client.AskAsync(path);
    }

    /// <summary>The peak begins at what is there now.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_file);
    }

    [GeneratedRegex(@"http://(127\.0\.0\.1:\d+)")]
    private static partial Regex ListenerUrl { get; }

    private bool IsListening()
    {
        if (_process.HasExited) return true;
        if (!Output.Contains("Ctrl+C") || ListenerUrl.Match(Output) is not { Success: true } match) return false;
        Address = IPEndPoint.Parse(match.Groups[1].ValueSpan);
        return true;
    }

    private void Collect()
    {
        void Add(object sender, DataReceivedEventArgs line)
        {
            lock (_output) _output.AppendLine(line.Data);
        }

        _process.OutputDataReceived += Add;
        _process.ErrorDataReceived += Add;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private double Read(string key)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(key + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture) / 1024;
    }
}
