namespace Scp.Streams.Settings;

/// <summary>
/// Where the entries of an open map, or the objects of a list, take their defaults from: an object of reference.conf such
/// as <c>scp.defaults.route</c>. Users may override the template too. A null in it means: no default, must be set.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TemplateAttribute(string path) : Attribute
{
    public string Path { get; } = path;

    /// <summary>The word for one entry in messages; the last element of the path unless said otherwise.</summary>
    public string? Noun { get; init; }
}
