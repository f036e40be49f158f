using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace Scp.Actors.Discovery;

/// <summary>
/// Asks DNS servers over UDP, and over TCP when the answer was cut. .NET's own resolver gives neither times to live nor SRV records.
/// It does not read /etc/hosts and tries no search domains.
/// </summary>
public sealed class DnsNameResolver(DiscoverySettings settings) : INameResolver
{
    private const int QuestionsAtOnce = 8;

    private readonly SemaphoreSlim _slots = new(QuestionsAtOnce);
    private readonly int _wantedFamilies = settings.Family == AddressFamilies.Any ? 2 : 1;
    private DnsQuestions? _questions;

    public async Task<NameAnswer> ResolveAsync(CancellationToken cancellation)
    {
        try
        {
            _questions ??= DnsQuestions.To(settings); // here, because reading the system's servers may fail
            return settings.Type == DiscoveryType.Srv ? await ServiceAsync(cancellation) : await NameAsync(cancellation);
        }
        catch (Exception e) when (e is DnsResponseException or SocketException or IOException or TimeoutException
            or InvalidOperationException or ArgumentException or OperationCanceledException)
        {
            return NameAnswer.Failed(Sentence(e));
        }
    }

    private async Task<NameAnswer> NameAsync(CancellationToken cancellation)
    {
        var found = await AddressesAsync(settings.Name, [], cancellation);
        if (found.Addresses.Count == 0) return NameAnswer.Failed($"{settings.Name}: {found.Reason}");
        return NameAnswer.Of(
            [.. found.Addresses.Distinct().Select(a => new DiscoveredMember(TextOf(a, settings.Port ?? 0)))], found.TimeToLive);
    }

    private async Task<NameAnswer> ServiceAsync(CancellationToken cancellation)
    {
        var response = await _questions!.AskAsync(settings.Name, QueryType.SRV, cancellation);
        var records = AnswerSection.Read<SrvRecord>(response.Answers, settings.Name, out var timeToLive);
        if (records.Count == 0) return NameAnswer.Failed($"{settings.Name}: {DnsQuestions.Reason(response)}");
        records = [.. records.Where(r => r.Target.Value != "." && r.Port > 0).OrderBy(r => r.Priority).Take(settings.MaximumMembers)];
        if (records.Count == 0) return NameAnswer.Failed($"{settings.Name}: the service is not offered (its SRV record has no target)");
        var targets = records.Select(r => r.Target.Value).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var found = await Task.WhenAll(targets.Select(t => AddressesAsync(t, response.Additionals, cancellation)));
        var addresses = targets.Zip(found).ToDictionary(p => p.First, p => p.Second, StringComparer.OrdinalIgnoreCase);
        if (Array.Find(found, f => !f.IsDecided) is { } unknown) return NameAnswer.Failed($"a target of {settings.Name}: {unknown.Reason}");
        var members = MembersOf(records, addresses);
        if (members.Count == 0) return NameAnswer.Failed($"{targets[0].TrimEnd('.')}: {found[0].Reason}");
        return NameAnswer.Of(
            members, found.Where(f => f.Addresses.Count > 0).Select(f => f.TimeToLive).Aggregate(timeToLive, AnswerSection.Shorter));
    }

    /// <summary>Each address of a target has the weight of its record; one that comes twice keeps its best priority.</summary>
    private static List<DiscoveredMember> MembersOf(IReadOnlyList<SrvRecord> records, Dictionary<string, FoundAddresses> addresses)
    {
        var largest = records.Max(r => r.Weight);
        return
        [
            .. records.SelectMany(r => addresses[r.Target.Value].Addresses.Select(
                    a => new DiscoveredMember(TextOf(a, r.Port), r.Priority, SrvWeights.Scale(r.Weight, largest))))
                .DistinctBy(m => m.Address),
        ];
    }

    /// <summary>
    /// All families that are wanted, or none: a family whose question failed must not look as if its addresses were gone. That a name
    /// has no addresses of one family is an answer.
    /// </summary>
    private async Task<FoundAddresses> AddressesAsync(
        string name, IReadOnlyList<DnsResourceRecord> known, CancellationToken cancellation)
    {
        var found = await Task.WhenAll(
            settings.Family == AddressFamilies.Ipv6
                ? FoundAddresses.NotAsked
                : FamilyAsync<ARecord>(name, QueryType.A, known, cancellation),
            settings.Family == AddressFamilies.Ipv4
                ? FoundAddresses.NotAsked
                : FamilyAsync<AaaaRecord>(name, QueryType.AAAA, known, cancellation));
        if (Array.Find(found, f => !f.IsDecided) is { } unknown) return unknown;
        var good = found.Where(f => f.Addresses.Count > 0).ToList();
        if (good.Count == 0) return found[settings.Family == AddressFamilies.Ipv6 ? 1 : 0];
        return new FoundAddresses(
            [.. good.SelectMany(f => f.Addresses)], good.Select(f => f.TimeToLive).Aggregate(AnswerSection.Shorter), "");
    }

    private async Task<FoundAddresses> FamilyAsync<TRecord>(
        string name, QueryType type, IReadOnlyList<DnsResourceRecord> known, CancellationToken cancellation)
        where TRecord : AddressRecord
    {
        var records = AnswerSection.Read<TRecord>(known, name, out var timeToLive);
        if (records.Count > 0) return FoundAddresses.Of(records, timeToLive);
        await _slots.WaitAsync(cancellation);
        try
        {
            var response = await _questions!.AskAsync(name, type, cancellation);
            var found = FoundAddresses.Of(AnswerSection.Read<TRecord>(response.Answers, name, out timeToLive), timeToLive);
            return found.Addresses.Count > 0
                ? found
                : found with { Reason = DnsQuestions.Reason(response), IsDecided = DnsQuestions.IsDecided(response) };
        }
        finally
        {
            _slots.Release();
        }
    }

    private string Sentence(Exception cause) => cause switch
    {
        OperationCanceledException or TimeoutException => $"{settings.Name}: no answer in time",
        DnsResponseException { Code: DnsResponseCode.ConnectionTimeout } => $"{settings.Name}: no answer in time",
        _ => $"{settings.Name}: {(cause.InnerException ?? cause).Message.ReplaceLineEndings(" ")}",
    };

    private static string TextOf(IPAddress address, int port) => new IPEndPoint(address, port).ToString();
}
