using System.Text;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>Members of comma-separated lists without quoted strings (RFC 9110 5.6.1), over all lines of a name.</summary>
internal static class ListMembers
{
    /// <summary>Takes the next member that is not empty off the list; false at its end.</summary>
    public static bool TryNext(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> member)
    {
        while (!list.IsEmpty)
        {
            var comma = list.IndexOf((byte)',');
            member = Http1Grammar.TrimOws(comma < 0 ? list : list[..comma]);
            list = comma < 0 ? default : list[(comma + 1)..];
            if (!member.IsEmpty) return true;
        }

        member = default;
        return false;
    }

    /// <summary>True when a list has the member, parameters aside, in any case.</summary>
    public static bool Contains(FieldSection fields, KnownField name, ReadOnlySpan<byte> wanted)
    {
        for (var i = fields.IndexOf(name); i >= 0; i = fields.IndexOf(name, i + 1))
        {
            var list = fields.Value(i);
            while (TryNext(ref list, out var member))
                if (Ascii.EqualsIgnoreCase(WithoutParameters(member), wanted)) return true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> WithoutParameters(ReadOnlySpan<byte> member)
    {
        var semicolon = member.IndexOf((byte)';');
        return semicolon < 0 ? member : Http1Grammar.TrimOws(member[..semicolon]);
    }
}
