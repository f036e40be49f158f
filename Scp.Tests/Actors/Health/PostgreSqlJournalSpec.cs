using Npgsql;
using Scp.Actors.Health;
using Scp.Host.Persistence;
using Scp.Streams.Balancing;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.Health;

public sealed class PostgreSqlJournalSpec(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    [PostgreSqlFact]
    public async Task What_was_told_is_recalled_after_the_end_of_the_process()
    {
        var settings = JournalHarness.PostgreSql(server.NewDatabase());
        var down = Facts.Of("a", HealthStatus.Down);
        var drained = Facts.Of("b", administrative: AdministrativeState.Draining, weight: 3);
        await using (var first = JournalHarness.Start(settings))
        {
            Assert.Empty(await first.RecallAsync());
            first.Remember(down, drained);
            await first.WrittenAsync();
        }

        await using var second = JournalHarness.Start(settings);

        Assert.Equal([down, drained], (await second.RecallAsync()).OrderBy(b => b.Backend));
    }

    [PostgreSqlFact]
    public async Task The_journal_stays_small()
    {
        var database = server.NewDatabase();
        await using (var journal = JournalHarness.Start(JournalHarness.PostgreSql(database)))
        {
            for (var i = 0; i < 200; i++)
            {
                journal.Remember(Facts.Of("a", HealthStatus.Down, weight: i));
                await journal.WrittenAsync();
            }

            Assert.Equal(200, journal.Metrics.Written);
        }

        Assert.InRange(await CountAsync(database, "SELECT count(*) FROM journal"), 1, 110); // two intervals and the tombstone
        Assert.InRange(await CountAsync(database, "SELECT count(*) FROM snapshot"), 1, 2);
        await using var again = JournalHarness.Start(JournalHarness.PostgreSql(database));
        Assert.Equal(199, Assert.Single(await again.RecallAsync()).Weight);
    }

    [PostgreSqlFact]
    public async Task A_server_that_is_away_comes_back_and_gets_the_newest_facts()
    {
        var settings = JournalHarness.PostgreSql(server.NewDatabase());
        await using (var journal = JournalHarness.Start(settings))
        {
            journal.Remember(Facts.Of("a", HealthStatus.Down));
            await journal.WrittenAsync();
            server.Stop();
            try
            {
                journal.Remember(Facts.Of("a", HealthStatus.Ejected));
                await journal.UntilAsync(() => !journal.Metrics.IsUp && journal.Metrics.Failures > 2, "persistence to be down");
                journal.Remember(Facts.Of("a", HealthStatus.Down, weight: 1), Facts.Of("b", HealthStatus.Down));
            }
            finally
            {
                server.Start();
            }

            await journal.SavedAgainAsync();
            Assert.Collection(journal.Log,
                line => Assert.StartsWith("The health of backends is not saved: PostgreSQL database test", line),
                line => Assert.StartsWith("The health of backends is saved again", line));
        }

        await using var again = JournalHarness.Start(settings);
        Assert.Equal([("a", 1), ("b", null)], (await again.RecallAsync()).OrderBy(b => b.Backend).Select(b => (b.Backend, b.Weight)));
    }

    [PostgreSqlFact]
    public async Task A_server_that_is_away_at_start_is_waited_for_by_nobody_and_recalled_later()
    {
        var settings = JournalHarness.PostgreSql(server.NewDatabase());
        await using (var first = JournalHarness.Start(settings))
        {
            first.Remember(Facts.Of("a", HealthStatus.Down));
            await first.WrittenAsync();
        }

        server.Stop();
        JournalHarness second;
        try
        {
            second = JournalHarness.Start(settings);
            await second.UntilAsync(() => !second.Log.IsEmpty, "a line in the log");
        }
        finally
        {
            server.Start();
        }

        await using (second)
        {
            Assert.Equal(["a"], (await second.RecallAsync()).Select(b => b.Backend));
        }
    }

    [PostgreSqlFact]
    public async Task Nodes_share_a_database_and_remember_each_for_itself()
    {
        var database = server.NewDatabase();
        await using var one = JournalHarness.Start(JournalHarness.PostgreSql(database, "one"));
        await using var two = JournalHarness.Start(JournalHarness.PostgreSql(database, "two"));
        one.Remember(Facts.Of("a", HealthStatus.Down));
        two.Remember(Facts.Of("b", HealthStatus.Down));
        await one.WrittenAsync();
        await two.WrittenAsync();
        await one.DisposeAsync();

        await using var again = JournalHarness.Start(JournalHarness.PostgreSql(database, "one"));

        Assert.Equal(["a"], (await again.RecallAsync()).Select(b => b.Backend));
    }

    [PostgreSqlFact]
    public async Task Two_processes_of_one_name_do_not_write_over_each_other()
    {
        var settings = JournalHarness.PostgreSql(server.NewDatabase());
        await using var first = JournalHarness.Start(settings);
        await first.RecallAsync();
        await using var second = JournalHarness.Start(settings);

        await second.UntilAsync(() => !second.Log.IsEmpty, "a line in the log");
        Assert.Contains("another process uses it as scp-health-test", Assert.Single(second.Log));
        await first.DisposeAsync();

        Assert.Empty(await second.RecallAsync());
    }

    [PostgreSqlFact]
    public async Task Without_the_right_to_make_tables_the_log_says_what_to_do_and_the_shipped_statements_are_enough()
    {
        var database = server.NewDatabase();
        await ExecuteAsync(database, "CREATE ROLE guest LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await using var journal = JournalHarness.Start(JournalHarness.PostgreSql(database.Replace("Username=scp", "Username=guest", StringComparison.Ordinal)));
        await journal.UntilAsync(() => !journal.Log.IsEmpty, "a line in the log");
        Assert.Contains("scpd print-ddl postgresql", Assert.Single(journal.Log));

        await ExecuteAsync(database, Ddl.Of(PersistenceProvider.PostgreSql) + "GRANT SELECT, INSERT, UPDATE, DELETE ON journal, snapshot, tags TO guest");

        journal.Remember(Facts.Of("a", HealthStatus.Down));
        await journal.UntilAsync(() => journal.Metrics.Written == 1, "the fact to be written");
    }

    private static async Task<long> CountAsync(string database, string query)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(query);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(string database, string statements)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(statements);
        await command.ExecuteNonQueryAsync();
    }
}
