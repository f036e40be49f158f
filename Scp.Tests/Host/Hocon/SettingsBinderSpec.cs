using Scp.Host.Hocon;
using Scp.Host.Hocon.Binding;

namespace Scp.Tests.Host.Hocon;

public class SettingsBinderSpec
{
    private const string Pools = "pools.p { backends = [{ address = \"10.0.0.1:80\" }] }";

    [Fact]
    public void Reference_alone_binds_to_the_defaults()
    {
        var (settings, errors) = SampleConfiguration.Bind("");
        Assert.Empty(errors);
        Assert.Equal("sample", settings!.Name);
        Assert.True(settings.Admin.Enabled);
        Assert.Null(settings.Admin.Token);
        Assert.Equal(32 * 1024, settings.Limits.MaxHeaderSize);
        Assert.Equal(long.MaxValue, settings.Limits.MaxBodySize);
        Assert.Equal(TimeSpan.FromSeconds(60), settings.Limits.IdleTimeout);
        Assert.Empty(settings.Routes);
    }

    [Fact]
    public void Entries_of_an_open_map_take_their_defaults_from_the_template_and_keep_their_order()
    {
        var (settings, errors) = SampleConfiguration.Bind($$"""
            scp {
              defaults.route.timeout = 5s
              routes { zebra { pool = p, headers { b = 1, a = 2 } }, ant { pool = p, timeout = 1m, retries = off } }
              {{Pools}}
            }
            """);
        Assert.Empty(errors);
        Assert.Equal(["zebra", "ant"], settings!.Routes.Keys);
        Assert.Equal("zebra", settings.Routes["zebra"].Name);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Routes["zebra"].Timeout);
        Assert.Equal(1, settings.Routes["zebra"].Retries);
        Assert.Equal(["b", "a"], settings.Routes["zebra"].Headers.Keys);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.Routes["ant"].Timeout);
        Assert.Null(settings.Routes["ant"].Retries);
    }

    [Fact]
    public void Objects_in_a_list_take_their_defaults_from_a_template()
    {
        var (settings, errors) = SampleConfiguration.Bind($"scp {{ {Pools} }}");
        Assert.Empty(errors);
        var pool = settings!.Pools["p"];
        Assert.Equal(new SampleBackend("10.0.0.1:80", 1, null), Assert.Single(pool.Backends));
        Assert.Equal(0.5, pool.PanicThreshold);
        Assert.Equal(SamplePolicy.RoundRobin, pool.Policy);
    }

    [Theory]
    [InlineData("scp.limts.max-connections = 1", "scp.conf:1:1: scp.limts: unknown key 'limts'; did you mean 'limits'?")]
    [InlineData("scp.limits.max-conections = 1", "scp.conf:1:1: scp.limits.max-conections: unknown key 'max-conections'; did you mean 'max-connections'?")]
    [InlineData("scp.max-connections = 1", "scp.conf:1:1: scp.max-connections: unknown key 'max-connections' here; it exists as scp.limits.max-connections")]
    [InlineData("scp.admin.zzz = 1", "scp.conf:1:1: scp.admin.zzz: unknown key 'zzz'; known here: enabled, bind, token")]
    [InlineData("scp.defaults.rout.host = x", "scp.conf:1:1: scp.defaults.rout: unknown key 'rout'; did you mean 'route'?")]
    [InlineData("scp.defaults.route.hots = x", "scp.conf:1:1: scp.defaults.route.hots: unknown key 'hots'; did you mean 'host'?")]
    [InlineData("scp.limits.max-connections = many", "scp.conf:1:30: scp.limits.max-connections: must be a whole number; not 'many'")]
    [InlineData("scp.limits.max-connections = 0", "scp.conf:1:30: scp.limits.max-connections: must be from 1 to 65535, not 0")]
    [InlineData("scp.limits.max-connections = 99999999999999999999", "scp.conf:1:30: scp.limits.max-connections: must be a whole number; not '99999999999999999999'")]
    [InlineData("scp.limits.idle-timeout = 30", "scp.conf:1:27: scp.limits.idle-timeout: must be a duration with a unit (ns, us, ms, s, m, h, d), such as 500ms or 30s, or off; not '30'")]
    [InlineData("scp.limits.idle-timeout = 2h", "scp.conf:1:27: scp.limits.idle-timeout: must be from 1ms to 1h, or off, not 2h")]
    [InlineData("scp.limits.max-header-size = 1KiBs", "scp.conf:1:30: scp.limits.max-header-size: must be a size in bytes, such as 512, 64KiB or 10MB (kB MB GB TB count thousands; KiB MiB GiB TiB, or K M G T, count 1024); not '1KiBs'")]
    [InlineData("scp.admin.enabled = maybe", "scp.conf:1:21: scp.admin.enabled: must be on or off (or true, false, yes, no); not 'maybe'")]
    [InlineData("scp.admin.bind = \"\"", "scp.conf:1:18: scp.admin.bind: must not be empty")]
    [InlineData("scp.admin = on", "scp.conf:1:13: scp.admin: must be an object: { … }; not a string")]
    [InlineData("scp.name = null", "scp.conf:1:12: scp.name: has no default and must be set to a string")]
    [InlineData("scp.name = [x]", "scp.conf:1:12: scp.name: must be a string; not a list")]
    [InlineData("scp.routes.a { }", "scp.conf:1:14: scp.routes.a.pool: has no default and must be set to a string")]
    [InlineData("scp.routes.a { pool = x, methods { GET = on } }", "scp.conf:1:34: scp.routes.a.methods: must be a list: [ … ]; not an object")]
    [InlineData("scp.routes.a = x", "scp.conf:1:16: scp.routes.a: must be an object: { … }; not a string")]
    [InlineData("scp.routes = []", "scp.conf:1:14: scp.routes: must be an object with one entry per route: { name { … } }; not a list")]
    [InlineData("scp.pools.p { policy = fastest, backends = [{ address = x }] }", "scp.conf:1:24: scp.pools.p.policy: must be one of round-robin, least-requests, random; not 'fastest'")]
    [InlineData("scp.pools.p { panic-threshold = 0.5, backends = [{ address = x }] }", "scp.conf:1:33: scp.pools.p.panic-threshold: must be a percentage from 0% to 100%, such as 25%; not '0.5'")]
    [InlineData("scp.pools.p { backends = [] }", "scp.conf:1:26: scp.pools.p.backends: must not be empty")]
    [InlineData("scp.pools.p { backends = [{ }] }", "scp.conf:1:27: scp.pools.p.backends[0].address: has no default and must be set to a string")]
    [InlineData("scp.pools.p { backends = [{ adress = x, address = x }] }", "scp.conf:1:29: scp.pools.p.backends[0].adress: unknown key 'adress'; did you mean 'address'?")]
    [InlineData("scp.defaults.pool.policy = fastest", "scp.conf:1:28: scp.defaults.pool.policy: must be one of round-robin, least-requests, random; not 'fastest'")]
    [InlineData("scp = 1", "scp.conf:1:7: scp: must be an object: { … }")]
    public void A_mistake_is_one_error_with_its_position(string text, string expected)
    {
        var (settings, errors) = SampleConfiguration.Bind(text);
        Assert.Equal(expected, Assert.Single(errors).ToString());
        Assert.Null(settings);
    }

    [Fact]
    public void A_mistake_in_a_template_is_reported_once_however_many_entries_use_it()
    {
        var (_, errors) = SampleConfiguration.Bind("scp { defaults.route.timeout = 5 parsecs, routes { a { pool = p }, b { pool = p } } }");
        Assert.Equal("scp.defaults.route.timeout", Assert.Single(errors).Path);
    }

    [Fact]
    public void A_name_defined_twice_in_one_file_is_an_error()
    {
        var (_, errors) = SampleConfiguration.Bind("scp.routes.a { pool = x }\nscp.routes { a { pool = y } }");
        Assert.Equal("scp.conf:2:14: scp.routes.a: duplicate route name 'a', first defined at scp.conf:1:1; rename or remove one of them", Assert.Single(errors).ToString());
    }

    [Fact]
    public void A_name_may_be_refined_by_a_longer_key_or_another_layer()
    {
        var loaded = SampleConfiguration.Load("scp.routes.a { pool = x }\nscp.routes.a.pool = y", null, null, HoconSource.FromText("later", "scp.routes.a { host = h }"));
        var (settings, errors) = SampleConfiguration.Bind(loaded);
        Assert.Empty(errors);
        Assert.Equal(("y", "h"), (settings!.Routes["a"].Pool, settings.Routes["a"].Host));
        Assert.Equal("later:1:14", loaded.Root.Find("scp.routes.a")!.Origin.ToString());
    }

    [Fact]
    public void A_copy_of_an_entry_may_be_refined()
    {
        var (settings, errors) = SampleConfiguration.Bind("scp.routes.a { pool = x, host = h }\nscp.routes.b = ${scp.routes.a}\nscp.routes.b { host = i }");
        Assert.Empty(errors);
        Assert.Equal(("b", "x", "i"), (settings!.Routes["b"].Name, settings.Routes["b"].Pool, settings.Routes["b"].Host));
    }

    [Fact]
    public void A_key_set_twice_in_one_file_is_a_warning()
    {
        var loaded = SampleConfiguration.Load("scp.name = a\nscp.name = b\nscp.admin.bind = x\nscp.admin.bind = ${?NONE}");
        Assert.Equal("scp.conf:2:1: scp.name: set twice in this file; this value replaces the one at scp.conf:1:1", Assert.Single(loaded.Warnings).ToString());
    }

    [Fact]
    public void Errors_of_all_sections_come_at_once_sorted_by_position()
    {
        var (_, errors) = SampleConfiguration.Bind("scp.admin.enabled = x\nscp.limits.foo = 1\nscp.limits.idle-timeout = 1:2\nscp.name = []\nscp.routes.a { timeout = 3 }");
        Assert.Equal([1, 2, 3, 4, 5, 5], errors.Select(error => error.Line));
    }

    [Fact]
    public void A_value_that_could_not_be_read_is_not_reported_again()
    {
        var (_, errors) = SampleConfiguration.Bind("scp.limits.max-connections = ${none}\nscp.limits.idle-timeout = 1:2");
        Assert.Equal(2, errors.Count);
    }

    [Fact]
    public void A_secret_is_not_shown_in_an_error()
    {
        var (_, errors) = SampleConfiguration.Bind("scp.admin.token = [hunter2]\nscp.routes.a { pool = p, headers.token { hunter2 = 1 } }");
        Assert.DoesNotContain("hunter2", string.Join("", errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_the_environment_override_known_keys()
    {
        var variables = new Dictionary<string, string> { ["SCP_LIMITS_IDLE_TIMEOUT"] = "5s", ["SCP_ADMIN_BIND"] = "0.0.0.0:1" };
        var layers = EnvironmentOverrides.Of(typeof(SampleSettings), "scp", variables.GetValueOrDefault).ToArray();
        var (settings, errors) = SampleConfiguration.Bind(SampleConfiguration.Load("", null, null, layers));
        Assert.Empty(errors);
        Assert.Equal(TimeSpan.FromSeconds(5), settings!.Limits.IdleTimeout);
        Assert.Equal("0.0.0.0:1", settings.Admin.Bind);
    }

    [Theory]
    [InlineData("IdleTimeout", "idle-timeout")]
    [InlineData("Http2Streams", "http2-streams")]
    [InlineData("TLSVersion", "tls-version")]
    [InlineData("X", "x")]
    public void A_property_name_becomes_a_key(string property, string key) => Assert.Equal(key, KebabCase.From(property));
}
