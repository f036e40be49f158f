using Scp.Host.Hocon;

namespace Scp.Host.Configuration;

/// <summary>The disk, and which files were asked for: those a change of which is a change of the configuration, includes too.</summary>
internal sealed class TrackedFiles : HoconFiles
{
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>Full paths, also of files that did not exist.</summary>
    public IReadOnlyCollection<string> Paths => _paths;

    public override bool Exists(string path)
    {
        _paths.Add(Identify(path));
        return Disk.Exists(path);
    }

    public override FileReading Read(string path, int limit)
    {
        _paths.Add(Identify(path));
        return Disk.Read(path, limit);
    }
}
