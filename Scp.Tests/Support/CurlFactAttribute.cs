using System.Diagnostics;

namespace Scp.Tests.Support;

/// <summary>A test that needs the curl program; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CurlFactAttribute : FactAttribute
{
    private static readonly bool IsInstalled = Exists();

    public CurlFactAttribute()
    {
        if (!IsInstalled) Skip = "curl is not installed.";
    }

    private static bool Exists() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(d => File.Exists(Path.Combine(d, OperatingSystem.IsWindows() ? "curl.exe" : "curl")));
}

/// <summary>The curl program.</summary>
internal static class Curl
{
    /// <summary>Runs it; the answer is what it printed, or its exit code when it failed.</summary>
    public static async Task<(int ExitCode, byte[] Output)> RunAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("curl", ["--silent", "--noproxy", "*", "--max-time", "10", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var writing = WriteAsync(process, input);
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        await writing;
        return (process.ExitCode, output.ToArray());
    }

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything.
        }
    }
}
