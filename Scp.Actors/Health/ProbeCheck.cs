using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Scp.Actors.BackendPools;
using Scp.Actors.Routing;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;

namespace Scp.Actors.Health;

/// <summary>What a probe does and expects: settings made ready for use.</summary>
/// <param name="Target">Where it connects to.</param>
/// <param name="Terms">What it sends there and expects; shared by the backends of a pool.</param>
public sealed record ProbeCheck(EndPoint Target, ProbeTerms Terms)
{
    public static ProbeCheck Of(PoolSettings settings, EndPoint address) =>
        new(WithPort(address, settings.HealthCheck.Port), ProbeTerms.Of(settings));

    private static EndPoint WithPort(EndPoint address, int? port) => (address, port) switch
    {
        (IPEndPoint ip, { } other) => new IPEndPoint(ip.Address, other),
        (DnsEndPoint name, { } other) => new DnsEndPoint(name.Host, other),
        _ => address,
    };
}

/// <summary>What all probes of a pool have in common.</summary>
public sealed class ProbeTerms
{
    private static readonly ConditionalWeakTable<PoolSettings, ProbeTerms> Known = [];

    private ProbeTerms(PoolSettings settings)
    {
        var check = settings.HealthCheck;
        IsHttp = check.Type == HealthCheckType.Http;
        Timeout = check.Timeout;
        Method = MethodTraits.Parse(System.Text.Encoding.ASCII.GetBytes(check.Method));
        Path = check.Path;
        Host = check.Host;
        Statuses = StatusRanges.Parse(check.ExpectedStatus);
        Body = check.Body is { } pattern ? SafeRegex.TryCreate(pattern, out _) : null;
        BodyLimit = check.BodyLimit;
        ProxyProtocol = settings.Connections.SendProxyProtocol;
    }

    public bool IsHttp { get; }

    /// <summary>From the connection to the verdict.</summary>
    public TimeSpan Timeout { get; }

    public Method Method { get; }

    public string Path { get; }

    public string Host { get; }

    internal StatusRanges Statuses { get; }

    /// <summary>Must be found in the content; null for any content.</summary>
    public Regex? Body { get; }

    public int BodyLimit { get; }

    public ProxyProtocolVersion ProxyProtocol { get; }

    public static ProbeTerms Of(PoolSettings settings) => Known.GetValue(settings, static s => new ProbeTerms(s));
}
