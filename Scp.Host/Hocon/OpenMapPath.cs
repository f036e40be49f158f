namespace Scp.Host.Hocon;

/// <summary>
/// A place where the user chooses the keys. <see cref="Path"/> is dotted, with <c>*</c> for the keys of an outer open map
/// (<c>scp.routes.*.headers</c>); <see cref="Noun"/> is the word for one entry: "route".
/// </summary>
public sealed record OpenMapPath(string Path, string Noun);
