using BenchmarkDotNet.Attributes;
using Scp.Actors.Routing;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Benchmarks;

/// <summary>What a decision costs as the table grows: the columns for 10 and for 10,000 routes must be alike, and nothing allocated.</summary>
[MemoryDiagnoser]
public class RouteTableBenchmarks
{
    private readonly RequestHead _miss = Requests.Get("nowhere.example", "/api/items/list");
    private RouteTable _hosts = null!;
    private RouteTable _wildcards = null!;
    private RouteTable _paths = null!;
    private RouteTable _prefixes = null!;
    private RouteTable _templates = null!;
    private RequestHead _byHost = null!;
    private RequestHead _byWildcard = null!;
    private RequestHead _byPath = null!;
    private RequestHead _byPrefix = null!;
    private RequestHead _byTemplate = null!;

    [Params(10, 1_000, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Compile()
    {
        _hosts = Table(i => Scp.Tests.Support.Routes.To($"shop{i:D5}.example.com"));
        _wildcards = Table(i => Scp.Tests.Support.Routes.To($"*.tenant{i:D5}.example.com"));
        _paths = Table(i => Scp.Tests.Support.Routes.To("shop.example.com", $"/api/items{i:D5}/list"));
        _prefixes = Table(i => Scp.Tests.Support.Routes.To("shop.example.com", $"/api/items{i:D5}/*"));
        _templates = Table(i => Scp.Tests.Support.Routes.To("shop.example.com", $"/api/items{i:D5}/{{id}}/orders"));
        var last = Routes - 1;
        _byHost = Requests.Get($"shop{last:D5}.example.com", "/api/items/list");
        _byWildcard = Requests.Get($"www.tenant{last:D5}.example.com", "/api/items/list");
        _byPath = Requests.Get("shop.example.com", $"/api/items{last:D5}/list");
        _byPrefix = Requests.Get("shop.example.com", $"/api/items{last:D5}/some/file.png");
        _byTemplate = Requests.Get("shop.example.com", $"/api/items{last:D5}/42/orders");
    }

    [Benchmark]
    public Route? ExactHosts() => _hosts.Match(_byHost, out _);

    [Benchmark]
    public Route? WildcardHosts() => _wildcards.Match(_byWildcard, out _);

    [Benchmark]
    public Route? ExactPathsOfOneHost() => _paths.Match(_byPath, out _);

    [Benchmark]
    public Route? PrefixesOfOneHost() => _prefixes.Match(_byPrefix, out _);

    [Benchmark]
    public Route? TemplatesOfOneHost() => _templates.Match(_byTemplate, out _);

    [Benchmark]
    public Route? NoRoute() => _hosts.Match(_miss, out _);

    private RouteTable Table(Func<int, RouteSettings> settings) =>
        Scp.Tests.Support.Routes.Table(Enumerable.Range(0, Routes).ToDictionary(i => $"r{i}", settings));
}
