using System.CommandLine;
using Scp.Host.Cli;
using Scp.Tests.EndToEnd.Lifecycle;

namespace Scp.Tests.Cli;

public sealed class CommandsSpec : IDisposable
{
    private const string Good = """
        scp {
          listeners.main.bind = "127.0.0.1:8080"
          pools.p.backends = [{ address = "127.0.0.1:9000" }]
          routes.all { pool = p }
        }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_good_file_is_called_good_and_counted() =>
        Assert.Equal((0, $"{_folder.File("scp.conf")}: good. 1 listener, 1 route, 1 pool.\n", ""), await CheckAsync(Good));

    [Fact]
    public async Task Every_mistake_is_shown_at_its_place_and_counted()
    {
        var (code, output, errors) = await CheckAsync("""
            scp {
              listeners.main.bind = "127.0.0.1:808080"
              limits.request-lin = 4KiB
              timeouts.request-head = 10
              routes.all { path = "~([", pool = nowhere }
            }
            """);

        Assert.Equal(2, code);
        Assert.Equal("", output);
        var file = _folder.File("scp.conf");
        Assert.Contains($"{file}:3:3: scp.limits.request-lin: unknown key 'request-lin'; did you mean 'request-line'?\n    3 |   limits.request-lin = 4KiB\n      |   ^\n", errors);
        Assert.Contains($"{file}:4:27: scp.timeouts.request-head: ", errors);
        Assert.Contains($"{file}:5:", errors);
        Assert.Contains("scp.routes.all.path", errors);
        Assert.EndsWith(" errors.\n", errors);
    }

    [Theory]
    [InlineData("sqlite", "AUTOINCREMENT")]
    [InlineData("postgresql", "GENERATED ALWAYS AS IDENTITY")]
    public async Task The_statements_that_make_the_tables_are_printed(string provider, string word)
    {
        var (code, output, _) = await InvokeAsync("print-ddl", provider);

        Assert.Equal(0, code);
        Assert.All((string[])["journal", "snapshot", "tags"], table => Assert.Contains($"CREATE TABLE IF NOT EXISTS {table} (", output));
        Assert.Contains(word, output);
    }

    [Fact]
    public async Task A_connection_string_is_shown_to_nobody()
    {
        var file = _folder.Write("scp.conf", Good + "\nscp.persistence { provider = postgresql, connection-string = \"Host=db;Password=hush\" }");

        var (code, output, _) = await InvokeAsync("print-config", "--config", file);

        Assert.Equal(0, code);
        Assert.Contains("provider = postgresql", output);
        Assert.DoesNotContain("hush", output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Database=scp;Password=hush")]
    [InlineData("Hots=db;Password=hush")]
    [InlineData("Host=db;Port=hush")]
    [InlineData("hush")]
    public async Task A_connection_string_that_is_none_is_an_error_that_does_not_repeat_it(string connection)
    {
        var (code, _, errors) = await CheckAsync(Good + $"\nscp.persistence {{\n provider = postgresql\n connection-string = \"{connection}\"\n}}");

        Assert.Equal(2, code);
        Assert.Contains("scp.persistence.connection-string: ", errors);
        Assert.Contains("Host=db.example", errors);
        Assert.DoesNotContain("hush", errors);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_an_error() =>
        Assert.Equal(
            (2, "", $"{_folder.File("none.conf")}:1:1: cannot read '{_folder.File("none.conf")}': it does not exist\n1 error.\n"),
            await InvokeAsync("check", _folder.File("none.conf")));

    [Fact]
    public async Task An_include_loop_is_an_error_that_shows_the_loop()
    {
        _folder.Write("other.conf", "include \"scp.conf\"");

        var (code, _, errors) = await CheckAsync(Good + "\ninclude \"other.conf\"");

        Assert.Equal(2, code);
        Assert.Contains($"{_folder.File("other.conf")}:1:", errors);
        Assert.Contains("include loop: ", errors);
    }

    [Fact]
    public async Task A_definition_that_is_wrong_is_named()
    {
        var (code, _, errors) = await CheckAsync(Good, "-D", "scp.limits.field-count=none");

        Assert.Equal(2, code);
        Assert.StartsWith("-D scp.limits.field-count:1:", errors);
    }

    [Fact]
    public async Task Print_config_prints_what_reads_back_and_where_it_was_written()
    {
        var file = _folder.Write("scp.conf", Good);
        var (code, output, _) = await InvokeAsync("print-config", "--config", file);
        var (_, withOrigins, _) = await InvokeAsync("print-config", "--config", file, "--origin");

        Assert.Equal(0, code);
        Assert.Contains($"bind = \"127.0.0.1:8080\"  # {file}:2\n", withOrigins);
        Assert.Contains("request-line = 8KiB  # reference.conf:", withOrigins);
        Assert.Equal((0, output, ""), await InvokeAsync("print-config", "--config", _folder.Write("printed.conf", output)));
    }

    [Theory]
    [InlineData("run", "--confg", "x")]
    [InlineData("check")]
    [InlineData("chek", "scp.conf")]
    public async Task A_wrong_command_line_ends_with_2(params string[] arguments)
    {
        var (code, _, errors) = await InvokeAsync(arguments);

        Assert.Equal(2, code);
        Assert.NotEqual("", errors);
    }

    private Task<(int Code, string Output, string Errors)> CheckAsync(string text, params string[] more) =>
        InvokeAsync(["check", _folder.Write("scp.conf", text), .. more]);

    private static async Task<(int Code, string Output, string Errors)> InvokeAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await Commands.InvokeAsync(arguments, new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
