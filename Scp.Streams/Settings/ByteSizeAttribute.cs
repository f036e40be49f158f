namespace Scp.Streams.Settings;

/// <summary>An int or long in bytes, written with a unit: <c>64KiB</c>, <c>10MB</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class ByteSizeAttribute : Attribute;
