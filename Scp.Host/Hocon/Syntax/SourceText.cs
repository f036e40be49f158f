namespace Scp.Host.Hocon.Syntax;

/// <summary>
/// One reading of one file. <see cref="Name"/> is what errors show, <see cref="Identity"/> the full path; the chain of
/// including files shows include loops.
/// </summary>
internal sealed class SourceText(string name, string identity, string text, SourceText? includedBy)
{
    public string Name { get; } = name;
    public string Identity { get; } = identity;
    public string Text { get; } = text;
    public SourceText? IncludedBy { get; } = includedBy;

    /// <summary>
    /// Number of files from the first to this one. Links in the file system can hide an include loop; a long chain shows it.
    /// </summary>
    public int ChainLength { get; } = includedBy is null ? 1 : includedBy.ChainLength + 1;

    /// <summary>The files from the first to this one, when <paramref name="identity"/> is among them; else null.</summary>
    public string? LoopThrough(string identity)
    {
        var names = new List<string>();
        for (var at = this; at is not null; at = at.IncludedBy)
        {
            names.Add(at.Name);
            if (at.Identity != identity) continue;
            names.Reverse();
            return string.Join(" -> ", names.Append(at.Name));
        }
        return null;
    }
}
