using System.Text;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Scp.Actors.Health;
using Scp.Actors.Serialization;
using Scp.Streams.Balancing;
using Scp.Tests.Actors.Health;

namespace Scp.Tests.Actors.Serialization;

public sealed class HealthSerializerSpec() : TestKit("akka.loglevel = OFF\n" + HealthSerializer.Hocon)
{
    private static readonly RememberedBackend Full =
        Facts.Of("a", HealthStatus.Ejected, AdministrativeState.Draining, CircuitState.HalfOpen, weight: 7);

    private HealthSerializer Serializer => new((ExtendedActorSystem)Sys);

    [Fact]
    public void A_record_comes_back_as_it_was()
    {
        var bytes = Serializer.ToBinary(Full);

        Assert.Equal(Full, Serializer.FromBinary(bytes, "B1"));
        Assert.Equal(
            """{"pool":"pool","backend":"a","at":"2026-01-01T00:00:00+00:00","transition":"test","health":"ejected","admin":"draining","circuit":"halfOpen","weight":7}""",
            Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void A_snapshot_comes_back_as_it_was()
    {
        var all = RememberedBackends.Of([Full, Facts.Of("b", HealthStatus.Down)]);

        var back = Assert.IsType<RememberedBackends>(Serializer.FromBinary(Serializer.ToBinary(all), "S1"));

        Assert.Equal(all.All.ToHashSet(), back.All.ToHashSet());
    }

    [Fact]
    public void Akka_finds_the_serializer_and_its_manifests()
    {
        Assert.Equal(1501, Sys.Serialization.FindSerializerFor(Full).Identifier);
        Assert.Equal(1501, Sys.Serialization.FindSerializerFor(RememberedBackends.None).Identifier);
        Assert.Equal(["B1", "S1"], new[] { Serializer.Manifest(Full), Serializer.Manifest(RememberedBackends.None) });
    }

    [Fact]
    public void What_a_later_version_added_is_passed_over_and_words_it_does_not_know_are_read_as_what_is_safe()
    {
        const string Later =
            """{"pool":"p","backend":"b","at":"2026-01-01T00:00:00Z","health":"dreaming","admin":"quarantine","circuit":"molten","zone":{"x":1}}""";

        var record = Assert.IsType<RememberedBackend>(Serializer.FromBinary(Encoding.UTF8.GetBytes(Later), "B1"));

        Assert.Equal((HealthStatus.Suspect, AdministrativeState.Maintenance, CircuitState.Closed), (record.Health, record.Administrative, record.Circuit));
    }

    [Theory]
    [InlineData("B1", "")]
    [InlineData("B1", "null")]
    [InlineData("B1", "{}")]
    [InlineData("B1", """{"pool":null,"backend":"b","at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("B1", "\0\u0001\u0002")]
    [InlineData("S1", """{"backends":null}""")]
    [InlineData("B2", "{}")]
    [InlineData("", "{}")]
    public void What_cannot_be_read_is_a_value_and_no_exception(string manifest, string text) =>
        Assert.IsType<UnreadableRecord>(Serializer.FromBinary(Encoding.UTF8.GetBytes(text), manifest));
}
