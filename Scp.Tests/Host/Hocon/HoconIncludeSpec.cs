using Scp.Host.Hocon;

namespace Scp.Tests.Host.Hocon;

public class HoconIncludeSpec
{
    private static string Resolve(string text, params (string Name, string Text)[] files) =>
        SampleConfiguration.Resolve(text, files: new MemoryFiles(files.ToDictionary(file => file.Name, file => file.Text)));

    [Theory]
    [InlineData("include \"x\"")]
    [InlineData("include \"x.conf\"")]
    [InlineData("include file(\"x.conf\")")]
    [InlineData("include required(\"x.conf\")")]
    [InlineData("include required(file(\"x.conf\"))")]
    [InlineData("include required( file( \"x.conf\" ) )")]
    public void A_file_is_included_in_its_place(string statement) =>
        Assert.Equal("{a:0,b:2,c:3}", Resolve($"a = 0, b = 1\n{statement}\nc = 3", ("x.conf", "b = 2, c = 2")));

    [Fact]
    public void A_missing_file_is_empty() => Assert.Equal("{a:1}", Resolve("include \"none.conf\"\na = 1"));

    [Fact]
    public void A_missing_required_file_is_an_error() =>
        Assert.Equal("t:1:1: the required file 'none.conf' does not exist", Resolve("include required(\"none.conf\")\na = 1"));

    [Fact]
    public void A_file_may_be_included_below_a_key() =>
        Assert.Equal("{a:{b:{x:1,y:1}}}", Resolve("a.b { include \"x.conf\" }", ("x.conf", "x = 1, y = ${x}")));

    [Fact]
    public void A_substitution_in_an_included_file_looks_below_the_include_first_and_then_at_the_root() =>
        Assert.Equal("{p:root,q:root,a:{p:here,r:here,s:root}}".Replace("root", "'root'", StringComparison.Ordinal).Replace("here", "'here'", StringComparison.Ordinal),
            Resolve("p = root, q = root\na { include \"x.conf\" }", ("x.conf", "p = here, r = ${p}, s = ${q}")));

    [Fact]
    public void Names_are_relative_to_the_including_file() =>
        Assert.Equal("{a:1}", Resolve("include \"d/x.conf\"", ("d/x.conf", "include \"y.conf\""), ("d/y.conf", "a = 1")));

    [Fact]
    public void An_include_loop_is_one_error_with_its_chain() =>
        Assert.Equal("y.conf:1:1: include loop: x.conf -> y.conf -> x.conf",
            Resolve("include \"x.conf\"", ("x.conf", "include \"y.conf\""), ("y.conf", "include \"x.conf\"")));

    [Fact]
    public void A_mistake_in_an_included_file_names_that_file() =>
        Assert.Equal("x.conf:2:5: '*' may not stand in a value without quotes; write \"*\"", Resolve("include \"x.conf\"", ("x.conf", "a = 1\nb = *")));

    [Fact]
    public void An_unreadable_file_is_an_error()
    {
        var directory = Directory.CreateTempSubdirectory("scp-hocon-");
        try
        {
            var name = Path.Combine(directory.FullName, "bad.conf");
            File.WriteAllBytes(name, [0x61, 0x3D, 0xFF]);
            HoconSource[] layers = [HoconSource.FromFile(name), HoconSource.FromFile(directory.FullName), HoconSource.FromFile(name + ".none"), HoconSource.FromOptionalFile(name + ".none")];
            var messages = HoconLoader.Load(layers, _ => null).Errors.Select(error => error.Message).ToArray();
            Assert.Equal(3, messages.Length);
            Assert.Contains(messages, message => message.EndsWith("byte 2 is not valid UTF-8; save the file as UTF-8", StringComparison.Ordinal));
            Assert.Contains(messages, message => message.EndsWith("it is a directory", StringComparison.Ordinal));
            Assert.Contains(messages, message => message.EndsWith("it does not exist", StringComparison.Ordinal));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
