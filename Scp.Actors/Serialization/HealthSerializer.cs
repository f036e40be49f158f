using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using Scp.Actors.Health;

namespace Scp.Actors.Serialization;

/// <summary>
/// What the health journal writes, as JSON under short manifests. Manifests and the identifier lie in databases: they never change, and a
/// new form of a record gets a new manifest that is read for one release before it is written.
/// </summary>
public sealed class HealthSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Binds the serializer; to be merged into the configuration of every system that has a health journal.</summary>
    public const string Hocon = """
        akka.actor {
          serializers.scp-health = "Scp.Actors.Serialization.HealthSerializer, Scp.Actors"
          serialization-identifiers { "Scp.Actors.Serialization.HealthSerializer, Scp.Actors" = 1501 }
          serialization-bindings {
            "Scp.Actors.Health.RememberedBackend, Scp.Actors" = scp-health
            "Scp.Actors.Health.RememberedBackends, Scp.Actors" = scp-health
          }
          serialization-settings.allow-unregistered-types = off
        }
        """;

    private const string BackendManifest = "B1";
    private const string SnapshotManifest = "S1";

    public override int Identifier => 1501;

    public override string Manifest(object o) => o switch
    {
        RememberedBackend => BackendManifest,
        RememberedBackends => SnapshotManifest,
        _ => throw new ArgumentException($"Cannot serialize {o.GetType()}.", nameof(o)),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        RememberedBackend backend => JsonSerializer.SerializeToUtf8Bytes(HealthRecord.Of(backend), HealthJson.Default.HealthRecord),
        RememberedBackends all => JsonSerializer.SerializeToUtf8Bytes(
            new HealthRecords { Backends = [.. all.All.Select(HealthRecord.Of)] }, HealthJson.Default.HealthRecords),
        _ => throw new ArgumentException($"Cannot serialize {obj.GetType()}.", nameof(obj)),
    };

    /// <returns>The record, or <see cref="UnreadableRecord"/>: one that is broken must not cost all others.</returns>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return manifest switch
            {
                BackendManifest when JsonSerializer.Deserialize(bytes, HealthJson.Default.HealthRecord) is { } record =>
                    record.ToRemembered(),
                SnapshotManifest when JsonSerializer.Deserialize(bytes, HealthJson.Default.HealthRecords) is { } records =>
                    RememberedBackends.Of(records.Backends.OfType<HealthRecord>().Select(b => b.ToRemembered())),
                _ => UnreadableRecord.Instance,
            };
        }
        catch (JsonException)
        {
            return UnreadableRecord.Instance;
        }
    }
}

/// <summary>Stands for what could not be read.</summary>
public sealed class UnreadableRecord
{
    public static readonly UnreadableRecord Instance = new();
}
