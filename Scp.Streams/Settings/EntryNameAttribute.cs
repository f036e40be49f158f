namespace Scp.Streams.Settings;

/// <summary>This string property receives the key under which its record stands in an open map; it is no key itself.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class EntryNameAttribute : Attribute;
