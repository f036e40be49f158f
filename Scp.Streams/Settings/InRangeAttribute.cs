namespace Scp.Streams.Settings;

/// <summary>
/// Inclusive bounds, written as in HOCON: <c>[InRange("1", "65535")]</c>, <c>[InRange("1ms", "1h")]</c>, <c>[InRange("1KiB",
/// "1GiB")]</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class InRangeAttribute(string min, string max) : Attribute
{
    public InRangeAttribute(long min, long max) : this($"{min}", $"{max}")
    {
    }

    public InRangeAttribute(double min, double max) : this($"{min:R}", $"{max:R}")
    {
    }

    public string Min { get; } = min;
    public string Max { get; } = max;
}
