namespace Scp.Streams.Settings;

/// <summary>
/// <c>off</c> (or <c>infinite</c>) is allowed: a TimeSpan becomes <see cref="Timeout.InfiniteTimeSpan"/>, an int or long its
/// MaxValue, a nullable property null.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class AllowOffAttribute : Attribute;
