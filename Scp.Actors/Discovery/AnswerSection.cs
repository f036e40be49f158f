using DnsClient;
using DnsClient.Protocol;

namespace Scp.Actors.Discovery;

/// <summary>Reads the records of an answer that belong to the question, over CNAME records. Pure.</summary>
internal static class AnswerSection
{
    /// <summary>BIND follows 16; a chain that is longer, or a loop, has no end we would look for.</summary>
    private const int LongestChain = 16;

    /// <summary>Records of a type whose owner is the name or what its CNAMEs lead to, and the shortest time to live on the way.</summary>
    public static IReadOnlyList<TRecord> Read<TRecord>(IReadOnlyList<DnsResourceRecord> records, string name, out TimeSpan timeToLive)
        where TRecord : DnsResourceRecord
    {
        var owner = DnsString.Parse(name).Value;
        timeToLive = TimeSpan.MaxValue;
        for (var hop = 0; hop <= LongestChain; hop++)
        {
            var found = records.OfType<TRecord>().Where(r => IsOwner(r, owner)).ToList();
            if (found.Count > 0)
            {
                timeToLive = Shorter(timeToLive, found.Min(TimeToLive));
                return found;
            }

            if (records.OfType<CNameRecord>().FirstOrDefault(r => IsOwner(r, owner)) is not { } alias) break;
            timeToLive = Shorter(timeToLive, TimeToLive(alias));
            owner = alias.CanonicalName.Value;
        }

        return [];
    }

    public static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static bool IsOwner(DnsResourceRecord record, string name) =>
        record.DomainName.Value.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>One with the highest bit set counts as 0 (RFC 2181 8).</summary>
    private static TimeSpan TimeToLive(DnsResourceRecord record) => TimeSpan.FromSeconds(Math.Max(0, record.InitialTimeToLive));
}
