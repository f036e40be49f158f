using Microsoft.Data.Sqlite;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.Health;

/// <summary>What may become of the file.</summary>
public sealed class SqliteJournalSpec : IDisposable
{
    private const int Backends = 1000;

    private readonly SqliteFile _file = new();

    private PersistenceSettings Settings => JournalHarness.Sqlite(_file.Path);

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_hundred_thousand_transitions_leave_a_small_file()
    {
        await using (var journal = JournalHarness.Start(Settings))
        {
            for (var round = 1; round <= 100; round++)
            {
                var health = round % 2 == 0 ? HealthStatus.Ejected : HealthStatus.Down;
                for (var i = 0; i < Backends; i++) journal.Remember(Facts.Of($"backend-{i}", health));
                await journal.WrittenAsync();
            }

            Assert.Equal(100 * Backends, journal.Metrics.Written);
            Assert.Empty(journal.Log);
            await journal.UntilAsync(() => _file.Count("SELECT count(*) FROM journal") <= 2 * Backends, "old records to be deleted");
            await journal.UntilAsync(() => _file.Count("SELECT count(*) FROM snapshot") == 1, "old snapshots to be deleted");
        }

        // Records of a transition and of a snapshot are about 250 bytes each.
        Assert.InRange(_file.Size, 1, 8 << 20);
        await using var again = JournalHarness.Start(Settings);
        Assert.Equal(Backends, (await again.RecallAsync()).Count(b => b.Health == HealthStatus.Ejected));
    }

    [Fact]
    public async Task While_the_file_is_locked_the_newest_fact_waits_and_is_written_then()
    {
        await using var journal = JournalHarness.Start(Settings);
        journal.Remember(Facts.Of("a", HealthStatus.Down));
        await journal.WrittenAsync();
        await using (var other = _file.Open())
        {
            SqliteFile.Execute(other, "BEGIN IMMEDIATE");
            journal.Remember(Facts.Of("a", HealthStatus.Ejected));
            await journal.UntilAsync(() => !journal.Metrics.IsUp, "persistence to be down");
            journal.Remember(Facts.Of("a", HealthStatus.Down, weight: 1), Facts.Of("b", HealthStatus.Ejected));
            journal.Remember(Facts.Of("a", HealthStatus.Down, weight: 2));
            SqliteFile.Execute(other, "ROLLBACK");
        }

        await journal.SavedAgainAsync();
        Assert.True(journal.Metrics.IsUp);

        Assert.Collection(journal.Log,
            line => Assert.Matches("^The health of backends is not saved: .*state.db: .*locked", line),
            line => Assert.StartsWith("The health of backends is saved again", line));
        Assert.True(journal.Metrics.Failures > 0);
        Assert.Equal(0, journal.Metrics.Dropped);
        await journal.DisposeAsync();
        await using var again = JournalHarness.Start(Settings);
        Assert.Equal([("a", 2), ("b", null)], (await again.RecallAsync()).OrderBy(b => b.Backend).Select(b => (b.Backend, b.Weight)));
    }

    [Fact]
    public async Task A_file_that_is_corrupt_at_start_is_moved_aside_and_a_new_one_begun()
    {
        _file.Folder.Write("state.db", new string('x', 10_000));
        await using var journal = JournalHarness.Start(Settings);

        Assert.Empty(await journal.RecallAsync());
        journal.Remember(Facts.Of("a", HealthStatus.Down));
        await journal.WrittenAsync();

        Assert.Equal(1, _file.Count("SELECT count(*) FROM journal"));
        Assert.Equal($"{_file.Path} is corrupt and was moved to {_file.Path}.corrupt-20260101T000000Z; what was remembered of backends is lost.", Assert.Single(journal.Log));
        Assert.True(File.Exists($"{_file.Path}.corrupt-20260101T000000Z"));
    }

    [Fact]
    public async Task A_file_that_gets_corrupt_under_way_is_replaced_and_learns_everything_again()
    {
        await using var journal = JournalHarness.Start(Settings);
        journal.Remember(Facts.Of("a", HealthStatus.Down), Facts.Of("b", HealthStatus.Down));
        await journal.WrittenAsync();
        SqliteConnection.ClearAllPools(); // what is open has the pages in memory
        Overwrite(_file.Path);

        journal.Remember(Facts.Of("c", HealthStatus.Down));
        await journal.UntilAsync(() => journal.Log.Any(l => l.Contains("is corrupt and was moved")), "the file to be moved aside");
        await journal.SavedAgainAsync();
        await journal.DisposeAsync();

        await using var again = JournalHarness.Start(Settings);
        Assert.Equal(["a", "b", "c"], (await again.RecallAsync()).Select(b => b.Backend).Order());
    }

    [Fact]
    public async Task A_file_that_is_deleted_under_way_is_made_again()
    {
        await using var journal = JournalHarness.Start(Settings);
        journal.Remember(Facts.Of("a", HealthStatus.Down));
        await journal.WrittenAsync();
        await journal.DisposeAsync();
        foreach (var file in Directory.GetFiles(_file.Folder.Path)) File.Delete(file);

        await using var again = JournalHarness.Start(Settings);
        Assert.Empty(await again.RecallAsync());
        again.Remember(Facts.Of("b", HealthStatus.Down));
        await again.WrittenAsync();
        Assert.Equal(1, _file.Count("SELECT count(*) FROM journal"));
    }

    [Fact]
    public async Task Two_processes_do_not_share_a_file()
    {
        await using var first = JournalHarness.Start(Settings);
        first.Remember(Facts.Of("a", HealthStatus.Down));
        await first.WrittenAsync();
        await using var second = JournalHarness.Start(Settings);

        await second.UntilAsync(() => !second.Log.IsEmpty, "a line in the log");
        Assert.Contains("another process uses this file", Assert.Single(second.Log));
        await first.DisposeAsync();

        Assert.Equal(["a"], (await second.RecallAsync()).Select(b => b.Backend)); // the second one gets it when the first one ends
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_costs_only_itself()
    {
        await using (var first = JournalHarness.Start(Settings))
        {
            first.Remember(Facts.Of("a", HealthStatus.Down));
            await first.WrittenAsync();
            first.Remember(Facts.Of("b", HealthStatus.Down));
            await first.WrittenAsync();
        }

        await using (var connection = _file.Open()) SqliteFile.Execute(connection, "UPDATE journal SET message = x'00ff' WHERE sequence_number = 1");
        await using var second = JournalHarness.Start(Settings);

        Assert.Equal(["b"], (await second.RecallAsync()).Select(b => b.Backend));
        await second.UntilAsync(() => !second.Log.IsEmpty, "a line in the log");
        Assert.StartsWith("1 records of backends in ", Assert.Single(second.Log));
    }

    [SmallDiskFact]
    public async Task A_full_disk_costs_what_is_remembered_and_nothing_else()
    {
        using var disk = SmallDisk.Mount(_file.Folder.File("disk"));
        var file = _file.Folder.File("disk/state.db");
        await using var journal = JournalHarness.Start(JournalHarness.Sqlite(file));
        journal.Remember(Facts.Of("a", HealthStatus.Down));
        await journal.WrittenAsync();

        disk.Fill();
        var many = Enumerable.Range(0, 500).Select(i => Facts.Of($"b{i}", HealthStatus.Down) with { Transition = new string('x', 500) });
        journal.Remember([.. many]);
        await journal.UntilAsync(() => !journal.Metrics.IsUp, "persistence to be down");
        await journal.UntilAsync(() => journal.Metrics.Failures > 3, "more attempts");
        Assert.Matches("full|disk I/O error", Assert.Single(journal.Log));
        disk.Empty();

        await journal.SavedAgainAsync();
        Assert.True(journal.Metrics.IsUp);
        Assert.StartsWith("The health of backends is saved again", journal.Told[^1]);
        Assert.Equal(2, journal.Told.Count);
        Assert.InRange(journal.Log.Count, 2, 3); // tidying is complained of once, and not while nothing is saved
        await journal.DisposeAsync();
        await using var again = JournalHarness.Start(JournalHarness.Sqlite(file));
        Assert.Equal(501, (await again.RecallAsync()).Count);
    }

    private static void Overwrite(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(new byte[stream.Length].AsSpan());
        stream.Flush();
    }
}
