using Akka.Actor;
using Scp.Actors.Connections;

namespace Scp.Actors.Configuration;

/// <summary>What reading the configuration gave: settings, or why there are none.</summary>
/// <param name="Settings">Validated settings, null when there are errors.</param>
/// <param name="Errors">Every mistake with its place.</param>
/// <param name="NeedsRestart">Keys that changed and take effect at the next start only.</param>
public sealed record ReadResult(ProxySettings? Settings, IReadOnlyList<string> Errors, IReadOnlyList<string> NeedsRestart)
{
    /// <summary>What works but is probably not meant, with its place, unless it was said of the configuration before.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Read the configuration again; answered by <see cref="Reloaded"/>.</summary>
public sealed record Reload(string Reason) : INoSerializationVerificationNeeded;

/// <summary>What became of a reload; when it is in force, new requests see it.</summary>
/// <param name="Version">Number of the configuration in force.</param>
/// <param name="Errors">Why the old one stays; empty when the new one is in force.</param>
/// <param name="NeedsRestart">Keys that changed and take effect at the next start only.</param>
/// <param name="NotOpened">Listeners that could not be opened; the next reload tries again.</param>
public sealed record Reloaded(
    long Version, IReadOnlyList<string> Errors, IReadOnlyList<string> NeedsRestart, IReadOnlyList<BindFailed> NotOpened)
    : INoSerializationVerificationNeeded
{
    /// <summary>What works but is probably not meant, with its place.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Make these settings the ones in force; answered by <see cref="Applied"/>.</summary>
public sealed record Apply(ProxySettings Settings, long Version) : INoSerializationVerificationNeeded;

/// <summary>The settings are in force: which listeners are open and which could not be.</summary>
public sealed record Applied(IReadOnlyList<Bound> Bound, IReadOnlyList<BindFailed> Failed) : INoSerializationVerificationNeeded
{
    public static readonly Applied Nothing = new([], []);
}

/// <summary>Drain all listeners; answered by <see cref="ProxyDrained"/>.</summary>
public sealed record DrainProxy : INoSerializationVerificationNeeded
{
    public static readonly DrainProxy Instance = new();
}

/// <summary>Nothing is under way any more.</summary>
/// <param name="Cut">Connections that were cut at the hard stop.</param>
public sealed record ProxyDrained(int Cut) : INoSerializationVerificationNeeded;
