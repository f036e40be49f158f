namespace Scp.Streams.Settings;

/// <summary>A double from 0 to 1, written as a percentage: <c>25%</c>. A bare number is refused, because 1 could mean either.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PercentAttribute : Attribute;
