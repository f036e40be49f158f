using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Scp.Host.Hocon.Binding;

/// <summary>Reads the text of a scalar as the type of a property, and says in words what that type expects.</summary>
internal static class ScalarReader
{
    public static bool Knows(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long)
        || type == typeof(double) || type == typeof(TimeSpan) || type == typeof(Uri) || type == typeof(IPEndPoint);

    public static object? Read(SettingsProperty property, Type type, string text)
    {
        if (type == typeof(string)) return property.OneOf is { } allowed && !allowed.Contains(text) ? null : text;
        if (type == typeof(bool)) return ReadBoolean(text);
        if (type == typeof(TimeSpan)) return Durations.TryRead(text, out var duration) ? duration : null;
        if (type.IsEnum) return EnumNames.Find(type, text);
        if (type == typeof(Uri)) return Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null;
        if (type == typeof(IPEndPoint)) return ReadEndPoint(text);
        if (type == typeof(double)) return ReadDouble(text, property.IsPercent);
        if (ReadLong(text, property.IsByteSize) is not { } number) return null;
        if (type == typeof(long)) return number;
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
    }

    public static string Expectation(SettingsProperty property, Type type)
    {
        var words = type switch
        {
            _ when type == typeof(bool) => "on or off (or true, false, yes, no)",
            _ when type == typeof(TimeSpan) => Durations.Expectation,
            _ when type.IsEnum => OneOf(EnumNames.Of(type)),
            _ when type == typeof(string) => property.OneOf is { } allowed ? OneOf(allowed) : "a string",
            _ when type == typeof(Uri) => "an absolute URI",
            _ when type == typeof(IPEndPoint) => "an address and port, such as \"127.0.0.1:9090\"",
            _ when property.IsPercent => "a percentage from 0% to 100%, such as 25%",
            _ when type == typeof(double) => "a number",
            _ when property.IsByteSize => ByteSizes.Expectation,
            _ => "a whole number",
        };
        return property.AllowsOff ? $"{words}, or off" : words;
    }

    public static object? Off(SettingsProperty property, Type type) => type switch
    {
        _ when type == typeof(TimeSpan) => Timeout.InfiniteTimeSpan,
        _ when property.IsNullable => null,
        _ when type == typeof(int) => int.MaxValue,
        _ when type == typeof(long) => long.MaxValue,
        _ => throw new NotSupportedException($"[AllowOff] has no meaning for {type} {property.Property.Name}"),
    };

    private static string OneOf(IReadOnlyList<string> names) => $"one of {string.Join(", ", names)}";

    /// <summary>The port is not optional, as it is for IPEndPoint.</summary>
    private static IPEndPoint? ReadEndPoint(string text) =>
        IPEndPoint.TryParse(text, out var endPoint)
            && (endPoint.AddressFamily == AddressFamily.InterNetwork ? text.Contains(':') : text.Contains("]:"))
            ? endPoint
            : null;

    private static bool? ReadBoolean(string text) => text switch
    {
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        _ => null,
    };

    private static long? ReadLong(string text, bool isByteSize)
    {
        if (isByteSize) return ByteSizes.TryRead(text, out var bytes) ? bytes : null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static double? ReadDouble(string text, bool isPercent)
    {
        if (isPercent)
            return Quantity.TrySplit(text, out var percent, out var unit) && unit == "%" && percent <= 100 ? (double)(percent / 100) : null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : null;
    }
}
