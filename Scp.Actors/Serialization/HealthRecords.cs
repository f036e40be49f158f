using System.Text.Json.Serialization;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.Serialization;

/// <summary>
/// A remembered backend as it lies in the database. Extend only: new properties are optional, none is renamed or removed, and what a later
/// version added is passed over. Values are words, so that a person can read them and an older version knows that it does not know one.
/// </summary>
internal sealed record HealthRecord
{
    public required string Pool { get; init; }

    public required string Backend { get; init; }

    public required DateTimeOffset At { get; init; }

    public string Transition { get; init; } = "";

    public string Health { get; init; } = "";

    [JsonPropertyName("admin")]
    public string Administrative { get; init; } = "";

    public string Circuit { get; init; } = "";

    public int? Weight { get; init; }

    public static HealthRecord Of(RememberedBackend backend) => new()
    {
        Pool = backend.Pool,
        Backend = backend.Backend,
        At = backend.At,
        Transition = backend.Transition,
        Health = Word(backend.Health),
        Administrative = Word(backend.Administrative),
        Circuit = Word(backend.Circuit),
        Weight = backend.Weight,
    };

    /// <summary>A word of a later version is read as what is safe: probe first, leave out what an operator may have left out.</summary>
    public RememberedBackend ToRemembered() => new(
        Pool, Backend, At, Transition,
        Parse(Health, absent: HealthStatus.Up, unknown: HealthStatus.Suspect),
        Parse(Administrative, absent: AdministrativeState.Ready, unknown: AdministrativeState.Maintenance),
        Parse(Circuit, absent: CircuitState.Closed, unknown: CircuitState.Closed),
        Weight);

    private static string Word<T>(T value)
        where T : struct, Enum => value.Equals(default(T)) ? "" : JsonWord(value.ToString());

    private static string JsonWord(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static T Parse<T>(string word, T absent, T unknown)
        where T : struct, Enum =>
        word.Length == 0 ? absent : char.IsAsciiLetter(word[0]) && Enum.TryParse<T>(word, ignoreCase: true, out var value) ? value : unknown;
}

/// <summary>A snapshot: all records of a node.</summary>
internal sealed record HealthRecords
{
    public required IReadOnlyList<HealthRecord> Backends { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(HealthRecord))]
[JsonSerializable(typeof(HealthRecords))]
internal sealed partial class HealthJson : JsonSerializerContext;
