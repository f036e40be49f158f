namespace Scp.Streams.Settings;

/// <summary>
/// <c>off</c> (or <c>infinite</c>) is allowed: a TimeSpan becomes <see cref="Timeout.InfiniteTimeSpan"/>, a nullable number
/// null, an int or long its MaxValue.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class AllowOffAttribute : Attribute;
