namespace Scp.Streams.Settings;

/// <summary>The HOCON key, where it is not the kebab-case form of the property's or enum member's name.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Field)]
public sealed class KeyAttribute(string key) : Attribute
{
    public string Key { get; } = key;
}
