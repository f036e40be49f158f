using System.Collections.Immutable;
using Scp.Streams.Settings;

namespace Scp.Tests.Host.Hocon;

// A small configuration in the shape of the real one: enough to meet every kind of property.
public sealed record SampleSettings(
    string Name,
    SampleAdmin Admin,
    SampleLimits Limits,
    [Template("scp.defaults.route")] IReadOnlyDictionary<string, SampleRoute> Routes,
    [Template("scp.defaults.pool")] IReadOnlyDictionary<string, SamplePool> Pools);

public sealed record SampleAdmin(bool Enabled, [NotEmpty] string Bind, string? Token);

public sealed record SampleLimits
{
    [ByteSize, InRange("1KiB", "1MiB")]
    public required int MaxHeaderSize { get; init; }

    [ByteSize, AllowOff]
    public required long MaxBodySize { get; init; }

    [AllowOff, InRange("1ms", "1h")]
    public required TimeSpan IdleTimeout { get; init; }

    [InRange(1, 65535)]
    public required int MaxConnections { get; init; }
}

public sealed record SampleRoute(
    [EntryName] string Name,
    string Host,
    string Path,
    string Pool,
    TimeSpan Timeout,
    [AllowOff] int? Retries,
    IReadOnlyDictionary<string, string> Headers,
    ImmutableArray<string> Methods);

public enum SamplePolicy
{
    RoundRobin,
    LeastRequests,
    Random,
}

public sealed record SamplePool(
    [EntryName] string Name,
    SamplePolicy Policy,
    [Percent] double PanicThreshold,
    [Template("scp.defaults.backend"), NotEmpty] ImmutableArray<SampleBackend> Backends);

public sealed record SampleBackend(string Address, [InRange(0, 256)] int Weight, Uri? Probe);
