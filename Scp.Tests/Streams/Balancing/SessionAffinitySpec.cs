using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Balancing;

public sealed class SessionAffinitySpec
{
    private const string Secret = "a secret of 24 characters";

    private static readonly AffinitySettings Cookie = new()
    {
        Mode = AffinityMode.Cookie,
        Name = "sid",
        Secret = Secret,
        WhenGone = LostSession.Rebalance,
        Cookie = new AffinityCookieSettings { Path = "/", MaxAge = Timeout.InfiniteTimeSpan, Secure = false, SameSite = SameSite.Lax },
    };

    private static readonly AffinitySettings Header = Cookie with { Mode = AffinityMode.Header, Name = "X-Session" };

    private readonly Backend[] _backends = [Routes.Backend("a"), Routes.Backend("b"), Routes.Backend("c")];

    [Fact]
    public void A_response_binds_and_the_next_request_finds_its_backend()
    {
        var pool = Pool(Cookie);
        foreach (var backend in _backends) Assert.Same(backend, pool.SessionOf(Heads.Request($"Cookie: {BoundBy(pool, backend)}")));
    }

    [Fact]
    public void The_cookie_names_no_backend_and_carries_its_attributes()
    {
        Assert.Matches("^Set-Cookie: sid=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax$", Written(Pool(Cookie), _backends[0]));
        var strict = new AffinityCookieSettings { Path = "/shop", MaxAge = TimeSpan.FromHours(1), Secure = true, SameSite = SameSite.Strict };
        Assert.EndsWith("; Path=/shop; Max-Age=3600; Secure; HttpOnly; SameSite=Strict", Written(Pool(Cookie with { Cookie = strict }), _backends[0]));
        var bare = strict with { MaxAge = Timeout.InfiniteTimeSpan, Secure = false, SameSite = SameSite.Off };
        Assert.EndsWith("; Path=/shop; HttpOnly", Written(Pool(Cookie with { Cookie = bare }), _backends[0]));
    }

    [Fact]
    public void A_token_is_hmac_sha256_over_the_names_so_that_any_proxy_with_the_secret_makes_the_same()
    {
        byte[] names = [0, 0, 0, 4, .. "mainb"u8];
        var mac = System.Security.Cryptography.HMACSHA256.HashData(Heads.Bytes(Secret), names);
        var expected = Convert.ToBase64String(mac).TrimEnd('=').Replace('+', '-').Replace('/', '_');

        Assert.Equal($"sid={expected}", BoundBy(Pool(Cookie), _backends[1]));
    }

    [Fact]
    public void A_token_of_another_pool_another_secret_or_another_backend_is_no_token()
    {
        var pool = Pool(Cookie);
        Assert.Null(pool.SessionOf(Heads.Request($"Cookie: {BoundBy(Pool(Cookie, "other"), _backends[0])}")));
        Assert.Null(pool.SessionOf(Heads.Request($"Cookie: {BoundBy(Pool(Cookie with { Secret = Secret + "!" }), _backends[0])}")));
        Assert.Null(pool.SessionOf(Heads.Request($"Cookie: {BoundBy(pool, Routes.Backend("d"))}")));
    }

    [Fact]
    public void A_changed_character_anywhere_makes_it_worthless()
    {
        var pool = Pool(Cookie);
        var cookie = BoundBy(pool, _backends[0]);
        for (var i = "sid=".Length; i < cookie.Length; i++)
        {
            var forged = cookie[..i] + (cookie[i] == 'A' ? 'B' : 'A') + cookie[(i + 1)..];
            Assert.Null(pool.SessionOf(Heads.Request($"Cookie: {forged}")));
        }
    }

    [Theory]
    [InlineData("a=1; {0}; b=2")]
    [InlineData("a=1;{0}")]
    [InlineData("sid=old; {0}")]
    [InlineData("sidx=1; xsid=2; {0};")]
    [InlineData("  {0}  ")]
    public void It_is_found_among_other_cookies(string cookies)
    {
        var pool = Pool(Cookie);
        var line = cookies.Replace("{0}", BoundBy(pool, _backends[2]), StringComparison.Ordinal);
        Assert.Same(_backends[2], pool.SessionOf(Heads.Request("Cookie: a=b", $"Cookie: {line}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sid")]
    [InlineData("sid=")]
    [InlineData("sid=;;;=;")]
    [InlineData("Sid={0}")]
    [InlineData("xsid={0}")]
    [InlineData("sid={0}x")]
    public void What_is_no_cookie_of_ours_is_none(string cookies)
    {
        var pool = Pool(Cookie);
        var token = BoundBy(pool, _backends[0])["sid=".Length..];
        Assert.Null(pool.SessionOf(Heads.Request($"Cookie: {cookies.Replace("{0}", token, StringComparison.Ordinal)}")));
    }

    [Fact]
    public void A_field_serves_clients_without_cookies_and_the_backend_s_own_is_replaced()
    {
        var pool = Pool(Header);
        var response = Heads.Response(Heads.Request(), 200, "x-session: mine");
        pool.Rules.Affinity!.Write(response, _backends[1]);
        var line = Assert.Single(Heads.Lines(response.Fields));

        Assert.Same(_backends[1], pool.SessionOf(Heads.Request(line)));
        Assert.Null(pool.SessionOf(Heads.Request(line + "x")));
    }

    [Fact]
    public void Without_affinity_a_request_has_no_session() =>
        Assert.Null(new PoolSnapshot("main", Standings(), new RoundRobinPolicy(), Routes.Main.Current.Upstream)
            .SessionOf(Heads.Request($"Cookie: {BoundBy(Pool(Cookie), _backends[0])}")));

    [Fact]
    public void A_draining_backend_keeps_its_sessions_one_in_maintenance_or_down_does_not()
    {
        Assert.Equal((_backends[0], PickReason.Affinity), Picked(s => s with { Administrative = AdministrativeState.Draining }));
        Assert.Equal((_backends[0], PickReason.Affinity), Picked(s => s with { Weight = 0 }));
        Assert.Equal(PickReason.Policy, Picked(s => s with { Administrative = AdministrativeState.Maintenance }).Reason);
        Assert.Equal(PickReason.Policy, Picked(s => s with { Health = HealthStatus.Ejected }).Reason);
        Assert.NotSame(_backends[0], Picked(s => s with { Health = HealthStatus.Down }).Backend);
    }

    [Fact]
    public void Where_sessions_must_not_move_the_request_fails() =>
        Assert.Equal(
            PickRefusal.SessionBackendGone,
            Pick(Pool(Cookie with { WhenGone = LostSession.Fail }, change: s => s with { Health = HealthStatus.Down }), null).Refusal);

    [Fact]
    public void A_session_outside_of_the_route_s_subset_does_not_bind_not_even_where_sessions_must_not_move()
    {
        var pool = Pool(Cookie with { WhenGone = LostSession.Fail }, change: s => s with { Labels = new Dictionary<string, string> { ["zone"] = "b" } });
        var other = new LabelSubset(new Dictionary<string, string> { ["zone"] = "a" }, FallsBackToAll: false);
        var own = new LabelSubset(new Dictionary<string, string> { ["zone"] = "b" }, FallsBackToAll: false);

        Assert.Equal(PickRefusal.NoneAvailable, Pick(pool, other).Refusal);
        Assert.Equal(PickReason.Affinity, Pick(pool, own).Reason);
        Assert.Equal(PickReason.Affinity, Pick(pool, other with { FallsBackToAll = true }).Reason); // the subset is empty: all of the pool
    }

    private (Backend? Backend, PickReason Reason) Picked(Func<BackendStanding, BackendStanding> change)
    {
        var pick = Pick(Pool(Cookie, change: change), null);
        return (pick.Backend, pick.Reason);
    }

    private BackendPick Pick(PoolSnapshot pool, LabelSubset? subset)
    {
        var silent = default(SilentPick);
        var session = pool.SessionOf(Heads.Request($"Cookie: {BoundBy(pool, _backends[0])}"));
        Assert.Same(_backends[0], session);
        return BackendDecision.Pick(pool, new PickRequest(0, subset, session), default, 0, new PickRandom(1), ref silent);
    }

    private static string BoundBy(PoolSnapshot pool, Backend backend) => Written(pool, backend)["Set-Cookie: ".Length..].Split(';')[0];

    private static string Written(PoolSnapshot pool, Backend backend)
    {
        var response = Heads.Response(Heads.Request(), 200);
        pool.Rules.Affinity!.Write(response, backend);
        return Assert.Single(Heads.Lines(response.Fields));
    }

    private PoolSnapshot Pool(AffinitySettings settings, string name = "main", Func<BackendStanding, BackendStanding>? change = null)
    {
        var rules = BalancingRules.Default with
        {
            Affinity = new SessionAffinity(name, settings),
            FailsWithoutSession = settings.WhenGone == LostSession.Fail,
        };
        return new PoolSnapshot(name, Standings(change), new RoundRobinPolicy(), Routes.Main.Current.Upstream, rules);
    }

    /// <summary>The change is for the first.</summary>
    private BackendStanding[] Standings(Func<BackendStanding, BackendStanding>? change = null) =>
        [.. _backends.Select((b, i) => i == 0 && change is not null ? change(new BackendStanding(b)) : new BackendStanding(b))];
}
