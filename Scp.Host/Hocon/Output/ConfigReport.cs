using System.Text;

namespace Scp.Host.Hocon.Output;

/// <summary>
/// Errors as a terminal shows them, each with the line it is about:
/// <code>
/// scp.conf:12:14: scp.routes.a.timeout: 'timeout' must be a duration with a unit …
///    12 |   timeout = 30
///       |             ^
/// </code>
/// </summary>
public sealed class ConfigReport
{
    private const int Width = 160;

    private readonly Func<string, string?> read;
    private readonly Dictionary<string, string[]> lines = new(StringComparer.Ordinal);

    /// <param name="read">Answers the text of a file named in an error; null leaves the excerpt out.</param>
    public ConfigReport(Func<string, string?> read) => this.read = read;

    /// <summary>Excerpts come from the texts among the layers, else from disk.</summary>
    public static ConfigReport For(IReadOnlyCollection<HoconSource> layers, HoconFiles? files = null) => new(name =>
    {
        if (layers.FirstOrDefault(layer => layer.Name == name) is { Text: { } text }) return text;
        var reading = (files ?? HoconFiles.Disk).Read(name, HoconLimits.Default.FileBytes);
        return reading.Problem is null ? reading.Text : null;
    });

    public string Format(IEnumerable<ConfigError> errors)
    {
        var output = new StringBuilder();
        foreach (var error in errors)
        {
            output.Append(error).Append('\n');
            Excerpt(output, error);
        }
        return output.ToString();
    }

    private void Excerpt(StringBuilder output, ConfigError error)
    {
        var text = LinesOf(error.File);
        if (error.Line < 1 || error.Line > text.Length || Secrets.IsSecret(error.Path)) return;
        var line = text[error.Line - 1].TrimEnd('\r');
        if (line.Trim().Length == 0 || error.Column > Width || Secrets.IsSecret(line.Split('=', ':')[0].Trim())) return;
        var shown = new string([.. line.Take(Width).Select(c => char.IsControl(c) && c != '\t' ? '?' : c)]);
        var before = new string([.. shown.Take(error.Column - 1).Select(c => c == '\t' ? '\t' : ' ')]);
        var number = $"{error.Line,5}";
        output.Append(number).Append(" | ").Append(shown).Append('\n');
        output.Append(' ', number.Length).Append(" | ").Append(before.PadRight(error.Column - 1)).Append("^\n");
    }

    private string[] LinesOf(string file)
    {
        if (lines.TryGetValue(file, out var known)) return known;
        return lines[file] = (read(file) ?? "").TrimStart('\uFEFF').Split('\n');
    }
}
