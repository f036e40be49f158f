using System.Runtime.InteropServices;

namespace Scp.Host.Cli;

/// <summary>
/// The signals of the process, taken from the start: SIGTERM and Ctrl+C stop, the second one at once; SIGHUP reloads, where there is one.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Signals()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop));
        if (OperatingSystem.IsWindows()) return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Reload?.Invoke();
        }));
    }

    /// <summary>Completes with the first SIGTERM or Ctrl+C.</summary>
    public Task Stop => _stop.Task;

    /// <summary>What SIGHUP does; nothing before the proxy runs.</summary>
    public Action? Reload { get; set; }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_stop.TrySetResult()) Environment.Exit(ExitCode.Cut);
        Console.Error.WriteLine("Stopping: exchanges under way are finished. Once more to stop at once.");
    }
}
