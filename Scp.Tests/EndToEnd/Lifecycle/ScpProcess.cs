using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>scpd as a process of its own: what it prints, where it listens, how it takes signals and how it ends.</summary>
internal sealed partial class ScpProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];

    private ScpProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public static ScpProcess Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    public static ScpProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "scpd.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["SCP_PERSISTENCE_ENABLED"] = "off"; // no file in the working directory; -D says otherwise
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new ScpProcess(Process.Start(start)!);
    }

    /// <summary>Starts <c>scpd run</c> on ports that the system chooses and waits until it serves.</summary>
    public static async Task<ScpProcess> RunAsync(string file, params string[] more)
    {
        var process = Start(["run", "--config", file, "-D", "scp.admin.bind=127.0.0.1:0", .. more]);
        await process.UntilBannerAsync();
        return process;
    }

    public Task UntilBannerAsync() => UntilAsync(() => Output.Contains("stops at once.", StringComparison.Ordinal), "the banner");

    /// <summary>Where a listener is open, from the banner.</summary>
    public Uri Listener(string name = "main") => new(
        Regex.Match(Output, $@"^(?:  listeners|          ) *{Regex.Escape(name)} +(http://\S+)", RegexOptions.Multiline).Groups[1].Value);

    public Uri Admin => new(HealthLine().Match(Output).Groups[1].Value);

    public void Terminate() => Signal(15);

    public void Hangup() => Signal(1);

    public Task UntilAsync(string text, string where = "standard error") =>
        UntilAsync(() => Errors.Contains(text, StringComparison.Ordinal), $"\"{text}\" on {where}");

    /// <summary>Waits until its metrics contain this line.</summary>
    public async Task UntilMetricAsync(string line)
    {
        using var client = new HttpClient();
        var watch = Stopwatch.StartNew();
        var metrics = "";
        while (!$"\n{metrics}".Contains($"\n{line}\n", StringComparison.Ordinal))
        {
            if (watch.Elapsed > Patience) Assert.Fail($"Waited in vain for {line}.\n--- metrics\n{metrics}\n--- errors\n{Errors}");
            metrics = await client.GetStringAsync(new Uri(Admin, "/metrics"));
            await Task.Delay(10);
        }
    }

    /// <summary>kill -9: nothing is finished and nothing written.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>How it ended; everything it printed has been read then.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public bool IsRunning => !_process.HasExited;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Patience || _process.HasExited)
                Assert.Fail($"Waited in vain for {what}.\n--- output\n{Output}\n--- errors\n{Errors}");
            await Task.Delay(10);
        }
    }

    private void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    private static void Add(List<string> lines, string? line)
    {
        if (line is null) return;
        lock (lines) lines.Add(line);
    }

    private static string Text(List<string> lines)
    {
        lock (lines) return string.Concat(lines.Select(l => l + "\n"));
    }

    [GeneratedRegex(@"^  health +(\S+)/healthz", RegexOptions.Multiline)]
    private static partial Regex HealthLine();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
