using System.Globalization;
using Scp.Host.Hocon.Binding;

namespace Scp.Host.Replay.Results;

/// <summary>Values as reports write them: the same on every machine.</summary>
internal static class Words
{
    /// <summary>An enum's member as configurations write it.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => KebabCase.From(value.ToString());

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");

    /// <summary>Seconds with milliseconds, as in a log.</summary>
    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000} s");

    public static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
}
