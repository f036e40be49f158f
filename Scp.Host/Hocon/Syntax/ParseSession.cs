namespace Scp.Host.Hocon.Syntax;

/// <summary>What all files of one load share: the limits that count over all of them, the errors, the way to read files.</summary>
internal sealed class ParseSession(HoconFiles files, HoconLimits limits, ConfigErrors errors)
{
    private int values;
    private int includes;
    private long bytes;
    private bool isOverBytes;

    public HoconLimits Limits { get; } = limits;
    public ConfigErrors Errors { get; } = errors;

    public SyntaxObject? Parse(HoconSource source)
    {
        var origin = new Origin(source.Name, 1, 1);
        if (source.Text is { } text)
            return CountBytes(origin, text.Length)
                ? new Parser(new SourceText(source.Name, files.Identify(source.Name), text, null), this, [], 0).ParseFile() : null;
        return ReadFile(source.Name, source.IsRequired, origin, null, [], 0);
    }

    /// <summary>
    /// A name is relative to the including file. Without an extension <c>.conf</c> and <c>.json</c> are tried. A file that is
    /// not there is empty unless required; one that cannot be read is always an error.
    /// </summary>
    public SyntaxObject? Include(SourceText by, string name, bool isRequired, Origin origin, string[] place, int depth)
    {
        if (++includes > Limits.Includes)
        {
            Errors.Add(origin, "", $"more than {Limits.Includes} includes");
            return null;
        }
        var path = files.Resolve(by.Name, name);
        foreach (var candidate in (string[])[path, path + ".conf", path + ".json"])
        {
            if (files.Exists(candidate)) return ReadFile(candidate, isRequired: true, origin, by, place, depth);
            if (Path.HasExtension(path)) break;
        }
        if (isRequired) Errors.Add(origin, "", $"the required file '{path}' does not exist");
        return null;
    }

    public bool CountValue(Origin origin)
    {
        if (++values <= Limits.Values) return true;
        if (values == Limits.Values + 1) Errors.AddBrokenStructure(origin, "", $"more than {Limits.Values} keys and list elements");
        return false;
    }

    private SyntaxObject? ReadFile(string path, bool isRequired, Origin origin, SourceText? by, string[] place, int depth)
    {
        var identity = files.Identify(path);
        if (by?.LoopThrough(identity) is { } loop)
        {
            Errors.Add(origin, "", $"include loop: {loop}");
            return null;
        }
        if (by?.ChainLength >= Limits.IncludeChain)
        {
            Errors.Add(origin, "", $"more than {Limits.IncludeChain} files that include one another");
            return null;
        }
        if (!isRequired && !files.Exists(path)) return null;
        var read = files.Read(path, Limits.FileBytes);
        if (read.Problem is { } problem)
        {
            if (by is null)
                Errors.AddBrokenStructure(origin, "", $"cannot read '{path}': {problem}"); // else every key would be missing too
            else Errors.Add(origin, "", $"cannot read '{path}': {problem}");
            return null;
        }
        if (!CountBytes(origin, read.Bytes)) return null;
        return new Parser(new SourceText(path, identity, read.Text, by), this, place, depth).ParseFile();
    }

    private bool CountBytes(Origin origin, int count)
    {
        bytes += count;
        if (bytes <= Limits.TotalBytes) return true;
        if (!isOverBytes) Errors.Add(origin, "", $"the files of the configuration together exceed {Limits.TotalBytes} bytes");
        isOverBytes = true;
        return false;
    }
}
