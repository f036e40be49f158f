using System.Security.Cryptography;

namespace Scp.Host.Configuration;

/// <summary>
/// Notices that the content of a configuration file changed, of an included one too. Editors and deployment tools write in several
/// steps, replace files or turn links, so whatever happens in the folders of the files only makes it look, once they have been quiet for
/// a moment; what counts is the content.
/// </summary>
internal sealed class ConfigurationWatcher : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FileSystemWatcher> _folders = [];
    private readonly Func<IReadOnlyCollection<string>> _files;
    private readonly Func<Task> _changed;
    private readonly Action<string> _warn;
    private readonly Timer _timer;
    private volatile string _seen;
    private bool _isDisposed;

    /// <param name="files">Full paths of the files of the configuration in force.</param>
    /// <param name="changed">Called when their content has changed.</param>
    /// <param name="warn">Told when a folder cannot be watched: SIGHUP still works.</param>
    public ConfigurationWatcher(Func<IReadOnlyCollection<string>> files, Func<Task> changed, Action<string> warn)
    {
        _files = files;
        _changed = changed;
        _warn = warn;
        _timer = new Timer(_ => Look());
        _seen = Fingerprint();
        WatchFolders();
    }

    /// <summary>Somebody else reloads now: what is there is not news.</summary>
    public void Ignore() => _seen = Fingerprint();

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var (_, folder) in _folders) folder.Dispose();
            _timer.Dispose();
        }
    }

    /// <summary>Only files of the configuration: others in the folder, an access log for instance, may never be quiet.</summary>
    private void OnChanged(string path)
    {
        if (_files().Contains(path)) Restart();
    }

    private void Restart()
    {
        lock (_lock)
            if (!_isDisposed) _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    private async void Look()
    {
        try
        {
            var now = Fingerprint();
            if (now == _seen) return;
            _seen = now;
            await _changed();
            WatchFolders(); // the new content may include other files
            _seen = Fingerprint();
            if (_seen != now) Restart();
        }
#pragma warning disable CA1031 // on a timer's thread an exception would end the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            _warn($"A change of the configuration files could not be followed: {e.Message}");
        }
    }

    private void WatchFolders()
    {
        lock (_lock)
        {
            foreach (var folder in _files().Select(f => Path.GetDirectoryName(f)).OfType<string>().Distinct())
                if (!_isDisposed && !_folders.ContainsKey(folder) && Directory.Exists(folder)) Watch(folder);
        }
    }

    private void Watch(string folder)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder)
            {
                NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.DirectoryName,
            };
            watcher.Changed += (_, change) => OnChanged(change.FullPath);
            watcher.Created += (_, _) => Restart();
            watcher.Renamed += (_, _) => Restart();
            watcher.Deleted += (_, _) => Restart();
            watcher.Error += (_, _) => Restart(); // events were lost: look
            watcher.EnableRaisingEvents = true;
            _folders[folder] = watcher;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            _warn($"Changes of files in {folder} are not noticed ({e.Message}); SIGHUP and POST /reload still reload.");
        }
    }

    private string Fingerprint() => string.Join(';', _files().Select(FingerprintOf));

    private static string FingerprintOf(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return $"{file}={Convert.ToHexString(SHA256.HashData(stream))}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file}=?";
        }
    }
}
