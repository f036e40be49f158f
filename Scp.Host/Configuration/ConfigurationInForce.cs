using Scp.Actors.Configuration;

namespace Scp.Host.Configuration;

/// <summary>The configuration that the proxy runs with. The config actor asks for the next one, one at a time.</summary>
internal sealed class ConfigurationInForce(LoadedConfiguration start, Func<LoadedConfiguration> read)
{
    private volatile LoadedConfiguration _current = start;

    public LoadedConfiguration Current => _current;

    public HostSettings Settings => _current.Settings!;

    /// <summary>Reads the configuration anew; one without errors becomes the current one.</summary>
    public ReadResult ReadAgain()
    {
        var loaded = read();
        if (loaded.Settings is null) return new ReadResult(null, [.. loaded.Errors.Select(e => e.ToString())], []);
        var restart = RestartKeys.Changed(_current.Root, loaded.Root);
        var said = _current.Warnings.Select(w => (w.Path, w.Message)).ToHashSet(); // wherever it stands now
        _current = loaded;
        return new ReadResult(loaded.Settings, [], restart)
        {
            Warnings = [.. loaded.Warnings.Where(w => !said.Contains((w.Path, w.Message))).Select(w => w.ToString())],
        };
    }
}
