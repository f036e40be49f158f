using System.Text;

namespace Scp.Host.Hocon.Output;

/// <summary>
/// The effective configuration as JSON, the one dialect that Akka's own parser reads without surprises:
/// <c>ConfigurationFactory.ParseString(CanonicalJson.Write(root))</c>.
/// </summary>
public static class CanonicalJson
{
    public static string Write(HoconValue value)
    {
        var output = new StringBuilder();
        Write(output, value, 0);
        return output.ToString();
    }

    private static void Write(StringBuilder output, HoconValue value, int depth)
    {
        switch (value)
        {
            case HoconObject content:
                WriteAll(output, '{', '}', content.Fields, depth, field =>
                {
                    JsonText.Quote(output, field.Key);
                    output.Append(" : ");
                    Write(output, field.Value, depth + 1);
                });
                break;
            case HoconArray list:
                WriteAll(output, '[', ']', list.Items, depth, item => Write(output, item, depth + 1));
                break;
            case HoconScalar { Kind: ScalarKind.String } text:
                JsonText.Quote(output, text.Text);
                break;
            case HoconScalar word:
                output.Append(word.Text);
                break;
            default:
                output.Append("null");
                break;
        }
    }

    private static void WriteAll<T>(StringBuilder output, char open, char close, IReadOnlyCollection<T> items, int depth, Action<T> write)
    {
        output.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            output.Append(isFirst ? "\n" : ",\n").Append(' ', 2 * (depth + 1));
            isFirst = false;
            write(item);
        }
        if (!isFirst) output.Append('\n').Append(' ', 2 * depth);
        output.Append(close);
    }
}
