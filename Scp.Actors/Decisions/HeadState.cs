using System.Text;
using Scp.Streams.Decisions;
using Scp.Streams.Messages;

namespace Scp.Actors.Decisions;

/// <summary>A request head at one moment of its way, as text. Bytes above 0x7F are read as Latin-1.</summary>
internal sealed record HeadState(string Target, IReadOnlyList<(string Name, string Value)> Fields)
{
    /// <summary>Credentials are worth nothing in an explanation, and must not get about.</summary>
    private static readonly HashSet<KnownField> Credentials =
        [KnownField.Authorization, KnownField.ProxyAuthorization, KnownField.Cookie, KnownField.SetCookie];

    public IReadOnlyList<string> Lines => [.. Fields.Select(f => $"{f.Name}: {f.Value}")];

    public static HeadState Of(RequestHead head) => new(TargetOf(head), FieldsOf(head.Fields));

    public static List<(string Name, string Value)> FieldsOf(FieldSection fields) =>
    [
        .. from i in Enumerable.Range(0, fields.Count)
           where !fields.IsRemoved(i)
           select (Text(fields.Name(i)), Credentials.Contains(fields.Known(i)) ? "REDACTED" : Text(fields.Value(i))),
    ];

    /// <summary>What is different in a later state, target first, then fields in the order in which they stand.</summary>
    public IEnumerable<HeadChange> ChangesTo(HeadState later, WalkPhase phase)
    {
        if (Target != later.Target) yield return new HeadChange(phase, "target", Target, later.Target);
        foreach (var name in Fields.Concat(later.Fields).Select(f => f.Name).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var (before, after) = (ValueOf(name), later.ValueOf(name));
            if (before != after) yield return new HeadChange(phase, name, before, after);
        }
    }

    private string? ValueOf(string name)
    {
        var values = Fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value).ToList();
        return values.Count == 0 ? null : string.Join(" | ", values);
    }

    private static string TargetOf(RequestHead head) => head.Target.Form switch
    {
        TargetForm.Asterisk => "*",
        TargetForm.Authority => Text(head.AuthorityBytes),
        _ => Text(head.PathBytes) + (head.Target.HasQuery ? "?" + Text(head.QueryBytes) : ""),
    };

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
