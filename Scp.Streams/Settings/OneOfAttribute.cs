namespace Scp.Streams.Settings;

/// <summary>The values a string may have, where an enum would not do (names with dots, say).</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class OneOfAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values { get; } = values;
}
