namespace Scp.Host.Configuration;

/// <summary>
/// Notices that the configuration file changed. Editors and deployment tools write in several steps, so it waits until the file has been
/// quiet for a moment.
/// </summary>
internal sealed class ConfigurationWatcher : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private readonly FileSystemWatcher? _watcher;
    private readonly Timer _timer;

    public ConfigurationWatcher(string file, Action changed)
    {
        _timer = new Timer(_ => changed());
        if (Path.GetDirectoryName(file) is not { Length: > 0 } folder || !Directory.Exists(folder)) return;
        _watcher = new FileSystemWatcher(folder, Path.GetFileName(file)) { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Size };
        _watcher.Changed += (_, _) => Restart();
        _watcher.Created += (_, _) => Restart();
        _watcher.Renamed += (_, _) => Restart();
        _watcher.EnableRaisingEvents = true;
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _timer.Dispose();
    }

    private void Restart() => _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
}
