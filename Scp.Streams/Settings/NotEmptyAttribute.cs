namespace Scp.Streams.Settings;

/// <summary>The string, list or map must hold something.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NotEmptyAttribute : Attribute;
