using Microsoft.Extensions.Time.Testing;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.Health;

/// <summary>What the journal promises, whatever the database; here over SQLite.</summary>
public sealed class HealthJournalSpec : IDisposable
{
    private readonly SqliteFile _file = new();

    private PersistenceSettings Settings => JournalHarness.Sqlite(_file.Path);

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task What_was_told_is_recalled_after_the_end_of_the_process()
    {
        var down = Facts.Of("a", HealthStatus.Down);
        var drained = Facts.Of("b", administrative: AdministrativeState.Draining, weight: 3);
        await using (var first = JournalHarness.Start(Settings))
        {
            Assert.Empty(await first.RecallAsync());
            first.Remember(down, drained, Facts.Of("c", HealthStatus.Ejected));
            first.Remember(Facts.Of("c", HealthStatus.Up));
            await first.WrittenAsync();
        }

        await using var second = JournalHarness.Start(Settings);

        Assert.Equal([down, drained], (await second.RecallAsync()).OrderBy(b => b.Backend));
    }

    [Fact]
    public async Task What_is_older_than_the_limit_is_forgotten()
    {
        var time = new FakeTimeProvider(Facts.Start);
        await using (var first = JournalHarness.Start(Settings, time))
        {
            first.Remember(Facts.Of("a", HealthStatus.Down), Facts.Of("b", HealthStatus.Down) with { At = Facts.Start.AddDays(1) });
            await first.WrittenAsync();
        }

        time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        await using var second = JournalHarness.Start(Settings, time);

        Assert.Equal(["b"], (await second.RecallAsync()).Select(b => b.Backend));
    }

    [Fact]
    public async Task What_was_told_before_recovery_ended_is_newer_than_what_was_stored()
    {
        await using (var first = JournalHarness.Start(Settings))
        {
            first.Remember(Facts.Of("a", HealthStatus.Down), Facts.Of("b", HealthStatus.Down));
            await first.WrittenAsync();
        }

        await using (var second = JournalHarness.Start(Settings))
        {
            second.Remember(Facts.Of("a", HealthStatus.Up)); // nothing remarkable, but the database says otherwise
            Assert.Equal(["b"], (await second.RecallAsync()).Select(b => b.Backend));
            await second.WrittenAsync();
        }

        await using var third = JournalHarness.Start(Settings);
        Assert.Equal(["b"], (await third.RecallAsync()).Select(b => b.Backend));
    }

    [Fact]
    public async Task Snapshots_take_the_place_of_records_and_nothing_is_lost_with_them()
    {
        await using (var first = JournalHarness.Start(Settings))
        {
            for (var i = 0; i < 60; i++)
            {
                first.Remember(Facts.Of("a", HealthStatus.Down, weight: i), Facts.Of("b", i % 2 == 0 ? HealthStatus.Up : HealthStatus.Down));
                await first.WrittenAsync(); // one after the other: nothing is coalesced
            }

            Assert.Equal(119, first.Metrics.Written); // b began as it was
            await first.UntilAsync(() => _file.Count("SELECT count(*) FROM snapshot") == 1, "the older snapshot to be deleted");
        }

        Assert.InRange(_file.Count("SELECT count(*) FROM journal"), 1, 110); // two intervals and the tombstone
        await using var second = JournalHarness.Start(Settings);
        Assert.Equal([("a", 59), ("b", null)], (await second.RecallAsync()).OrderBy(b => b.Backend).Select(b => (b.Backend, b.Weight)));
    }
}
