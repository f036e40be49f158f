using Scp.Host.Hocon;

namespace Scp.Tests.Host.Hocon;

/// <summary>A value as compact JSON, short enough for a test table.</summary>
internal static class OneLine
{
    public static string Of(HoconValue value) => value switch
    {
        HoconObject content => $"{{{string.Join(",", content.Fields.Select(field => $"{field.Key}:{Of(field.Value)}"))}}}",
        HoconArray list => $"[{string.Join(",", list.Items.Select(Of))}]",
        HoconScalar { Kind: ScalarKind.String } text => $"'{text.Text}'",
        HoconScalar word => word.Text,
        _ => "?",
    };
}
