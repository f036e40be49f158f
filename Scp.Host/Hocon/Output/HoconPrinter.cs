using System.Text;
using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Output;

/// <param name="Origins">Adds <c># file:line</c> behind each value.</param>
/// <param name="Redacts">Hides the values of keys that look like secrets.</param>
public sealed record PrintOptions(bool Origins = false, bool Redacts = true);

/// <summary>Prints a configuration as HOCON that reads back to the same values (unless redacted).</summary>
public sealed class HoconPrinter
{
    private readonly PrintOptions options;
    private readonly StringBuilder output = new();

    private HoconPrinter(PrintOptions options) => this.options = options;

    public static string Print(HoconObject root, PrintOptions? options = null)
    {
        var printer = new HoconPrinter(options ?? new PrintOptions());
        printer.Members(root, "", 0);
        return printer.output.ToString();
    }

    private void Members(HoconObject content, string path, int depth)
    {
        foreach (var field in content.Fields)
        {
            var here = PathText.Append(path, field.Key);
            output.Append(' ', 2 * depth).Append(PathText.Element(field.Key));
            output.Append(field.Value is HoconObject ? " " : " = ");
            Value(field.Value, here, depth);
            output.Append('\n');
        }
    }

    private void Value(HoconValue value, string path, int depth)
    {
        switch (value)
        {
            case HoconObject { Fields.Count: > 0 } content:
                output.Append("{\n");
                Members(content, path, depth + 1);
                output.Append(' ', 2 * depth).Append('}');
                break;
            case HoconObject empty:
                output.Append("{ }");
                Origin(empty);
                break;
            case HoconArray list when list.Items.All(item => item is HoconScalar):
                output.Append('[').AppendJoin(", ", list.Items.Select(item => Text((HoconScalar)item, path))).Append(']');
                Origin(list);
                break;
            case HoconArray list:
                Items(list, path, depth);
                break;
            case HoconScalar scalar:
                output.Append(Text(scalar, path));
                Origin(scalar);
                break;
            default:
                output.Append("null");
                break;
        }
    }

    private void Items(HoconArray list, string path, int depth)
    {
        output.Append("[\n");
        foreach (var item in list.Items)
        {
            output.Append(' ', 2 * (depth + 1));
            Value(item, path, depth + 1);
            output.Append('\n');
        }
        output.Append(' ', 2 * depth).Append(']');
    }

    private void Origin(HoconValue value)
    {
        if (options.Origins && value.Origin.File is { Length: > 0 } file)
            output.Append("  # ").Append(file.ReplaceLineEndings(" ")).Append(':').Append(value.Origin.Line);
    }

    private string Text(HoconScalar scalar, string path)
    {
        if (scalar.Kind == ScalarKind.Null) return "null";
        if (options.Redacts && Secrets.IsSecret(path)) return JsonText.Quote(Secrets.Redacted);
        return scalar.Kind != ScalarKind.String || IsPlain(scalar.Text) ? scalar.Text : JsonText.Quote(scalar.Text);
    }

    /// <summary>Durations, sizes, names and paths need no quotes; anything that would read as another kind does.</summary>
    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || text.Contains("//", StringComparison.Ordinal)) return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '/' or '%')) return false;
        return HoconScalar.KindOf(text) == ScalarKind.String;
    }
}
