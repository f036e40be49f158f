using System.Net;
using Scp.Actors.LoadBalancing;
using Scp.Actors.Routing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Dispatch.Mirroring;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Limits;

namespace Scp.Tests.Support;

/// <summary>Route settings with what <c>scp.defaults.route</c> gives them, and tables made of them.</summary>
public static class Routes
{
    public static readonly RewriteSettings NoRewrite = new() { StripPrefix = null, AddPrefix = null, Path = null, Host = null };

    public static readonly TimeoutSettings Timeouts = new()
    {
        RequestHead = TimeSpan.FromSeconds(10),
        RequestContentIdle = TimeSpan.FromSeconds(30),
        RequestContentMinimumRate = 240,
        RequestContentGrace = TimeSpan.FromSeconds(5),
        KeepAliveIdle = TimeSpan.FromSeconds(60),
        ResponseWrite = TimeSpan.FromSeconds(60),
        HalfClosed = TimeSpan.FromSeconds(30),
        ResponseHead = TimeSpan.FromSeconds(60),
        ResponseIdle = TimeSpan.FromSeconds(60),
        Total = Timeout.InfiniteTimeSpan,
        TunnelIdle = TimeSpan.FromHours(1),
    };

    private static readonly RouteSettings ToMain = new()
    {
        Listeners = [],
        Host = [],
        Path = [],
        Method = [],
        Header = new Dictionary<string, string>(),
        Query = new Dictionary<string, string>(),
        Pool = "main",
        Priority = RequestPriority.Normal,
        Mirror = new MirrorSettings { Pool = null, Share = 1, MaxContent = 65536, MaxInFlight = 100, Timeout = TimeSpan.FromSeconds(5) },
        Subset = new SubsetSettings { Labels = new Dictionary<string, string>(), Fallback = SubsetFallback.None },
        Rewrite = NoRewrite,
        Redirect = new RedirectSettings { To = null, Status = 308 },
        Respond = new RespondSettings { Status = null, ContentType = "text/plain; charset=utf-8", Body = "", Fields = new Dictionary<string, string>() },
        Fields = new(),
        Timeouts = new RouteTimeoutSettings { ResponseHead = null, ResponseIdle = null, Total = null, TunnelIdle = null },
        Retries = new RouteRetrySettings { Enabled = true, IdempotentMethods = [] },
        Hedging = new HedgingSettings { After = Timeout.InfiniteTimeSpan },
    };

    /// <summary>A route to the pool "main"; hosts, paths and methods are separated by spaces, conditions are "name=value".</summary>
    public static RouteSettings To(string host = "", string path = "", string method = "", string header = "", string query = "") => ToMain with
    {
        Host = Words(host),
        Path = Words(path),
        Method = Words(method),
        Header = Conditions(header),
        Query = Conditions(query),
    };

    public static RouteSettings Rewriting(string path, RewriteSettings rewrite) => To(path: path) with { Rewrite = rewrite };

    public static RouteSettings Redirecting(string path, string to, int status = 308) =>
        To(path: path) with { Pool = null, Redirect = new RedirectSettings { To = to, Status = status } };

    public static RouteSettings Responding(int status, string body = "", params (string Name, string Value)[] fields) => ToMain with
    {
        Pool = null,
        Respond = ToMain.Respond with { Status = status, Body = body, Fields = fields.ToDictionary(f => f.Name, f => f.Value) },
    };

    public static IReadOnlyDictionary<string, RouteSettings> Named(params (string Name, RouteSettings Settings)[] routes) =>
        routes.ToDictionary(r => r.Name, r => r.Settings);

    public static RouteTable Table(params (string Name, RouteSettings Settings)[] routes) => Table(Named(routes));

    public static RouteTable Table(IReadOnlyDictionary<string, RouteSettings> routes, string? listener = null) =>
        RouteTable.Compile(routes, name => name == "main" ? Main : null, Timeouts, listener);

    public static PoolCell Main { get; } = new(new PoolSnapshot("main", [new BackendStanding(Backend("a"))], new RoundRobinPolicy(), new UpstreamSettings
    {
        ConnectTimeout = TimeSpan.FromSeconds(3),
        IdleTimeout = TimeSpan.FromSeconds(30),
        MaxIdle = 8,
        SendProxyProtocol = ProxyProtocolVersion.Off,
    }));

    public static Backend Backend(string name) => new(name, new IPEndPoint(IPAddress.Loopback, 8080));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, string> Conditions(string text) =>
        Words(text).Select(c => c.Split('=', 2)).ToDictionary(c => c[0], c => c[1]);
}
