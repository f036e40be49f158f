using System.Collections.Immutable;
using CsCheck;
using Scp.Host.Hocon;

namespace Scp.Tests.Host.Hocon;

/// <summary>Random configurations: any key, any string, three levels deep.</summary>
internal static class GenTree
{
    private static readonly Origin Somewhere = new("gen", 1, 1);

    private static readonly Gen<string> Text = Gen.OneOf<string>(
        Gen.String[0, 12],
        Gen.OneOf("null", "true", "1", "on",
            "10s", "a b", " a", "a ", "", "//", "#", "include", "-1", "1.", "\"", "\\", "\n", "${a}", "*", "127.0.0.1:80", "\uD800", "\uFEFF", "50%"));

    private static readonly Gen<HoconValue> Scalars = Gen.OneOf<HoconValue>(
        Text.Select(text => (HoconValue)HoconScalar.FromString(Somewhere, text)),
        Gen.OneOf("null", "true", "false",
            "0", "-1.5e10", "12345678901234567890").Select(word => (HoconValue)HoconScalar.FromWord(Somewhere, word)));

    public static Gen<HoconObject> Objects { get; } = Of(3);

    private static Gen<HoconObject> Of(int depth) =>
        Gen.Select(Text, Values(depth)).Array[0, 5].Select(fields =>
            new HoconObject(Somewhere, fields.Select(field => new HoconField(field.Item1, Somewhere, field.Item2))));

    private static Gen<HoconValue> Values(int depth) => depth == 0 ? Scalars : Gen.OneOf<HoconValue>(
        Scalars,
        Of(depth - 1).Select(content => (HoconValue)content),
        Values(depth - 1).Array[0, 4].Select(items => (HoconValue)new HoconArray(Somewhere, [.. items])));
}
