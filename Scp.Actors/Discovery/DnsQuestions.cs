using DnsClient;

namespace Scp.Actors.Discovery;

/// <summary>Asks single questions to the configured servers, or the system's, in order.</summary>
internal sealed class DnsQuestions
{
    /// <summary>Fits into one packet everywhere (DNS Flag Day 2020); a longer answer is asked for over TCP.</summary>
    private const int UdpPayload = 1232;

    private readonly LookupClient _client;

    private DnsQuestions(LookupClient client) => _client = client;

    public static DnsQuestions To(DiscoverySettings settings)
    {
        NameServer[] named =
            [.. settings.Resolvers.Select(r => ResolverAddress.TryParse(r, out var server) ? new NameServer(server) : null).OfType<NameServer>()];
        var count = named.Length > 0
            ? named.Length
            : NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false).Count;
        return new DnsQuestions(new LookupClient(Options(settings.Timeout, named, count)));
    }

    public Task<IDnsQueryResponse> AskAsync(string name, QueryType type, CancellationToken cancellation) =>
        _client.QueryAsync(name, type, QueryClass.IN, cancellation);

    /// <summary>Whether a server knew if there are such records.</summary>
    public static bool IsDecided(IDnsQueryResponse response) =>
        response.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain;

    /// <summary>Why an answer has none of the records that were asked for.</summary>
    public static string Reason(IDnsQueryResponse response) => response.Header.ResponseCode switch
    {
        DnsHeaderResponseCode.NoError => "no such records",
        DnsHeaderResponseCode.NotExistentDomain => "no such name",
        var code => $"the server answered {code}",
    };

    /// <summary>Each server once, a single one twice, so that together they stay within the time for all.</summary>
    private static LookupClientOptions Options(TimeSpan timeout, NameServer[] named, int count) => new(named)
    {
        AutoResolveNameServers = named.Length == 0, // and looks again every minute whether the system's have changed
        Timeout = timeout / Math.Max(2, count),
        Retries = count == 1 ? 1 : 0,
        UseCache = false, // when to ask again is ours to say
        UseRandomNameServer = false,
        UseTcpFallback = true,
        ThrowDnsErrors = false,
        ContinueOnDnsError = true,
        ContinueOnEmptyResponse = false,
        ExtendedDnsBufferSize = UdpPayload,
    };
}
