using Akka.Configuration;
using Akka.Streams;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Output;

namespace Scp.Tests.Host.Hocon;

public class ConfigOutputSpec
{
    private static HoconObject Load(string text) => HoconLoader.Load([HoconSource.FromText("scp.conf", text)], _ => null).Root;

    [Fact]
    public void Printing_is_readable_and_hides_secrets() =>
        Assert.Equal(
            """
            scp {
              name = a
              bind = "127.0.0.1:80"
              idle-timeout = 5s
              methods = [GET, "a b"]
              admin {
                token = "<redacted>"
                token-file = /run/secret
                empty { }
              }
              list = [
                {
                  password = "<redacted>"
                }
              ]
            }

            """,
            HoconPrinter.Print(Load("scp { name = a, bind = \"127.0.0.1:80\", idle-timeout = 5s, methods = [GET, a b], admin { token = x, token-file = /run/secret, empty {} }, list = [{ password = x }] }")));

    [Fact]
    public void Origins_stand_behind_the_values() =>
        Assert.Equal("a {\n  b = 1  # scp.conf:1\n  c = 2  # scp.conf:2\n}\n", HoconPrinter.Print(Load("a { b = 1\nc = 2 }"), new PrintOptions(Origins: true)));

    [Fact]
    public void Akka_reads_the_canonical_json_as_it_was_meant()
    {
        const string text = """
            akka { loglevel = WARNING, stdout-loglevel = "off", timeout = 20s, n = 5, f = 1.5, on = on, t = true, list = [a, "b c", 3], objects = [{ x = 1 }]
              path = "/user/*", url = "akka.tcp://s@h:1/", quote = "a\"b\\c\nd\te", unicode = "ä€😀", empty = "", "dotted.key" = 1, hash = "a # b // c", dollar = "${x}", brace = "}{][", size = 128000b, nothing = null }
            """;
        var config = ConfigurationFactory.ParseString(CanonicalJson.Write(Load(text))).GetConfig("akka");
        Assert.Equal("WARNING", config.GetString("loglevel"));
        Assert.Equal("off", config.GetString("stdout-loglevel"));
        Assert.Equal(TimeSpan.FromSeconds(20), config.GetTimeSpan("timeout"));
        Assert.Equal(5, config.GetInt("n"));
        Assert.Equal(1.5, config.GetDouble("f"));
        Assert.True(config.GetBoolean("on") && config.GetBoolean("t"));
        Assert.Equal(["a", "b c", "3"], config.GetStringList("list"));
        Assert.Equal(1, config.GetValue("objects").GetArray()[0].GetObject().GetKey("x").GetInt());
        Assert.Equal("/user/*", config.GetString("path"));
        Assert.Equal("akka.tcp://s@h:1/", config.GetString("url"));
        Assert.Equal("a\"b\\c\nd\te", config.GetString("quote"));
        Assert.Equal("ä€😀", config.GetString("unicode"));
        Assert.Equal("", config.GetString("empty"));
        Assert.Equal("a # b // c", config.GetString("hash"));
        Assert.Equal("${x}", config.GetString("dollar"));
        Assert.Equal("}{][", config.GetString("brace"));
        Assert.Equal(128000, config.GetByteSize("size"));
        Assert.Null(config.GetString("nothing", null));
        Assert.Equal("1", config.Root.GetObject().GetKey("dotted.key").GetString());
    }

    [Fact]
    public void An_unknown_key_of_akka_is_a_warning()
    {
        var warnings = new ConfigErrors();
        var keys = new AkkaKeys([ConfigurationFactory.Default(), ActorMaterializer.DefaultConfig()]);
        keys.Report(Load("akka { loglevl = INFO, loglevel = INFO, actor { deployment { /x { router = y } }, my-dispatcher { type = Dispatcher }, default-dispatcher { thruput = 1 } }, stream.materializer.max-input-buffer-size = 1 }".Replace("/x", "\"/x\"", StringComparison.Ordinal)), warnings);
        Assert.Equal(["akka.loglevl", "akka.actor.default-dispatcher.thruput"], warnings.Sorted().Select(warning => warning.Path));
        Assert.Contains("did you mean 'loglevel'?", warnings.Sorted()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_names_the_paths_that_changed() =>
        Assert.Equal(["a.b", "a.gone", "l", "a.\"n.w\""],
            ConfigDiff.Paths(Load("a { b = 1, same = { x = 1 }, gone = 1 }, l = [1]"), Load("l = [2], a { same { x = 1 }, b = 2, \"n.w\" = 1 }")).OrderBy(path => path == "l" ? 1 : path.Contains('"') ? 2 : 0));

    [Fact]
    public void A_report_shows_the_line_and_points_at_the_place()
    {
        var source = HoconSource.FromText("scp.conf", "scp {\n\tname = a:b\n\tpassword = x:y\n}");
        var report = ConfigReport.For([source]).Format(HoconLoader.Load([source], _ => null).Errors);
        Assert.Equal(
            "scp.conf:2:10: scp.name: ':' may not stand in a value without quotes; write \"a:b\"\n"
            + "    2 | \tname = a:b\n"
            + "      | \t        ^\n"
            + "scp.conf:3:14: scp.password: ':' may not stand in a value without quotes; put it in quotes\n",
            report);
    }
}
