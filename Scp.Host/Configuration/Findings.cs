using Scp.Host.Hocon;
using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Configuration;

/// <summary>Adds errors at the place where the key, or the nearest key above it, was written.</summary>
internal sealed class Findings(HoconObject root, ConfigErrors errors)
{
    /// <summary>Whether the user wrote the key: a value that only a template gives says nothing of what was meant.</summary>
    public bool IsWritten(string path) => root.Find(PathText.Split(path)) is not null;

    public void Add(string path, string message)
    {
        var keys = PathText.Split(path);
        var depth = keys.Count;
        HoconValue? value;
        while ((value = root.Find(keys.Take(depth))) is null) depth--; // none is the root
        errors.Add(value.Origin, path, message);
    }
}
