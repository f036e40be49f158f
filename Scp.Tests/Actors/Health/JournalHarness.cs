using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Microsoft.Extensions.Time.Testing;
using Scp.Actors.Health;
using Scp.Host.Persistence;

namespace Scp.Tests.Actors.Health;

/// <summary>A health journal over a real database, in an actor system of its own: disposing of it is the end of a process.</summary>
internal sealed class JournalHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ActorSystem _system;
    private readonly IActorRef _journal;
    private readonly HealthPersistence _persistence;

    private JournalHarness(PersistenceSettings settings, FakeTimeProvider time)
    {
        var persistence = ProxyPersistence.Of(settings, time)!;
        _persistence = persistence.Health;
        _system = ActorSystem.Create("journal", ConfigurationFactory.ParseString(
            "akka { loglevel = INFO, stdout-loglevel = OFF, loggers = [], log-dead-letters = off }\n" + persistence.Hocon));
        var log = Log;
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new Listening(log))), typeof(LogEvent));
        var (health, clock) = (_persistence, (TimeProvider)time);
        _journal = _system.ActorOf(Props.Create(() => new HealthJournalActor(health, clock)), "journal");
    }

    /// <summary>What the journal itself told the operator.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>
    /// The log without the tidying of old records: that may fail once more while the plugin's circuit breaker is still open, and the next
    /// snapshot makes up for it.
    /// </summary>
    public IReadOnlyList<string> Told => [.. Log.Where(l => !l.StartsWith("Old records", StringComparison.Ordinal))];

    public PersistenceMetrics Metrics => _persistence.Metrics;

    public static PersistenceSettings Sqlite(string path) => Support.TestConfiguration.Read("127.0.0.1:1", $$"""
        scp.persistence { enabled = on, path = {{System.Text.Json.JsonSerializer.Serialize(path)}} }
        """).Persistence;

    public static PersistenceSettings PostgreSql(string connectionString, string node = "test") => Support.TestConfiguration.Read("127.0.0.1:1", $$"""
        scp.persistence { enabled = on, provider = postgresql, node = {{node}}, connection-string = "{{connectionString}}" }
        """).Persistence;

    public static JournalHarness Start(PersistenceSettings settings, FakeTimeProvider? time = null) =>
        new(settings, time ?? new FakeTimeProvider(Facts.Start));

    public void Remember(params RememberedBackend[] facts)
    {
        foreach (var fact in facts) _journal.Tell(new Remember(fact));
    }

    public async Task<IReadOnlyList<RememberedBackend>> RecallAsync() =>
        (await _journal.Ask<Recalled>(Recall.Instance, Patience)).Backends;

    /// <summary>Waits until the database has everything.</summary>
    public async Task WrittenAsync() => Assert.Equal(0, (await _journal.Ask<Flushed>(Flush.Instance, TimeSpan.FromSeconds(60))).Unwritten);

    /// <summary>Waits until it has told the operator that all is well again, and the database has everything.</summary>
    public async Task SavedAgainAsync()
    {
        await UntilAsync(() => Log.Any(l => l.StartsWith("The health of backends is saved again", StringComparison.Ordinal)), "persistence to be up");
        await WrittenAsync();
    }

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, $"Waited in vain for {what}; the log: {string.Join(" | ", Log)}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await _persistence.Storage.DisposeAsync();
    }

    private sealed class Listening(ConcurrentQueue<string> log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is LogEvent { LogClass: var of } line && of == typeof(HealthJournalActor)) log.Enqueue(line.Message.ToString() ?? "");
        }
    }
}
