namespace Scp.Host.Hocon;

/// <summary>One layer of the configuration: a file, a text, or a single setting from the command line.</summary>
public sealed class HoconSource
{
    private HoconSource(string name, string? text, bool isRequired)
    {
        Name = name;
        Text = text;
        IsRequired = isRequired;
    }

    /// <summary>What errors show; for a file its path, relative to the working directory as the user gave it.</summary>
    public string Name { get; }

    public string? Text { get; }
    public bool IsRequired { get; }

    public static HoconSource FromFile(string path) => new(path, null, isRequired: true);

    /// <summary>A file that need not exist.</summary>
    public static HoconSource FromOptionalFile(string path) => new(path, null, isRequired: false);

    public static HoconSource FromText(string name, string text) => new(name, text, isRequired: true);

    /// <summary>
    /// <c>scp.limits.idle-timeout=5s</c>, as given with <c>-D</c>. The value needs no quotes: only one that begins with
    /// <c>[ { " $</c> is read as HOCON, all else is taken as it stands.
    /// </summary>
    public static HoconSource FromDefinition(string definition)
    {
        var split = definition.IndexOf('=');
        return split < 0
            ? new HoconSource($"-D {definition}", definition, isRequired: true)
            : new HoconSource($"-D {definition[..split]}", Setting(definition[..split], definition[(split + 1)..]), isRequired: true);
    }

    /// <summary>An environment variable that sets a key; its value is read like that of <see cref="FromDefinition"/>.</summary>
    public static HoconSource FromVariable(string variable, string path, string value) =>
        new($"${variable}", Setting(path, value), isRequired: true);

    private static string Setting(string path, string value)
    {
        var isHocon = value.Length > 0 && "[{\"$".Contains(value[0]);
        var isWord = HoconScalar.KindOf(value) != ScalarKind.String;
        return $"{path}={(isHocon || isWord ? value : JsonText.Quote(value))}";
    }
}
