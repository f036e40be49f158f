using System.Diagnostics;
using System.Text;
using CsCheck;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Output;

namespace Scp.Tests.Host.Hocon;

/// <summary>Whatever the bytes are, loading ends soon and every problem is an error of the result.</summary>
public class HostileHoconSpec
{
    private static readonly string[] Pieces =
        ["a", "b", "a.b", "\"", "\"\"\"", "{", "}", "[", "]", "=", ":", "+=", ",", "\n", " ", "${a}", "${?b}", "${", "?", "include ", "\"x.conf\"", "required(", ")", "#", "//", "\\", "\\u00", "null", "1", "10s", "\t", "\uFEFF", "\uD800"];

    private static HoconResult Load(string text) =>
        HoconLoader.Load([HoconSource.FromText("t", text)], _ => null, files: new MemoryFiles(new() { ["x.conf"] = text }));

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Byte.Array[0, 400].Sample(bytes => _ = Load(Encoding.Latin1.GetString(bytes)).Errors, iter: 3000);

    [Fact]
    public void Random_pieces_of_the_language_never_throw() =>
        Gen.OneOf(Pieces).Array[0, 60].Sample(pieces => _ = Load(string.Concat(pieces)).Errors, iter: 20000);

    [Fact]
    public void A_mutated_file_never_throws() =>
        Gen.Select(Gen.Int[0, SampleConfiguration.Reference.Length - 1], Gen.Int[0, 40], Gen.OneOf(Pieces)).Sample(
            (at, cut, piece) =>
            {
                var text = SampleConfiguration.Reference;
                var mutated = text[..at] + piece + text[Math.Min(text.Length, at + cut)..];
                _ = SampleConfiguration.Bind(SampleConfiguration.Load(mutated)).Errors;
            },
            iter: 2000);

    [Fact]
    public void What_is_printed_reads_back_as_the_same_tree() =>
        GenTree.Objects.Sample(tree =>
        {
            var printed = HoconPrinter.Print(tree, new PrintOptions(Origins: true, Redacts: false));
            var json = CanonicalJson.Write(tree);
            return Load(printed) is { IsValid: true } hocon && hocon.Root.Equals(tree)
                && Load(json) is { IsValid: true } canonical && canonical.Root.Equals(tree);
        }, iter: 3000, print: tree => HoconPrinter.Print(tree, new PrintOptions(Redacts: false)));

    [Theory]
    [InlineData("braces", "{", 100_000)]
    [InlineData("brackets", "a = [", 100_000)]
    [InlineData("open lists", "[", 100_000)]
    [InlineData("nested keys", "a {", 100_000)]
    [InlineData("a long key", "a.", 100_000)]
    [InlineData("substitutions", "${a}", 100_000)]
    [InlineData("open substitutions", "a = ${", 50_000)]
    [InlineData("errors", "a\n", 200_000)]
    [InlineData("values", "a,", 200_000)]
    [InlineData("list elements", "a = [1", 50_000)]
    [InlineData("list lines", "[\nb = 1\n", 50_000)]
    [InlineData("quotes", "\"", 200_001)]
    [InlineData("appends", "a += 1\n", 3_000)]
    [InlineData("includes", "include \"x.conf\"\n", 2_000)]
    public void A_great_many(string what, string piece, int count)
    {
        Assert.NotNull(what);
        AssertEndsSoon(new StringBuilder().Insert(0, piece, count).ToString());
        AssertEndsSoon("a = " + new StringBuilder().Insert(0, piece, count));
    }

    [Theory]
    [InlineData("a{0} = ${{a{1}}}${{a{1}}}", "a0 = xxxxxxxxxxxxxxxx")]
    [InlineData("a{0} = [${{a{1}}}, ${{a{1}}}]", "a0 = [1]")]
    [InlineData("a{0} = ${{a{1}}} ${{a{1}}}", "a0 = [1]")]
    [InlineData("a{0} {{ x = ${{a{1}}}, y = ${{a{1}}} }}", "a0 = 1")]
    [InlineData("a{0} = ${{?a{1}}} ${{?a{1}}} ${{?b{0}}}", "a0 = ${?a200} ${?a100}")]
    [InlineData("a{0} = ${{a}}", "a0 = 1\na = ${a1}${a2}")]
    public void Substitutions_that_double_end_soon(string line, string first)
    {
        var text = new StringBuilder(first).Append('\n');
        for (var i = 1; i <= 200; i++) text.AppendFormat(null, line, i, i - 1).Append('\n');
        AssertEndsSoon(text.ToString());
    }

    [Fact]
    public void A_maze_of_objects_that_refer_to_one_another_ends_soon()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 60; i++)
            text.Append($"o{i} = ${{?o{(i * 7 + 1) % 60}}} {{ k{i} = 1 }} ${{?o{(i * 11 + 5) % 60}.k}}\no{i}.k = ${{?o{(i * 13 + 3) % 60}}}\n");
        AssertEndsSoon(text.ToString());
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("[{ x = ", "}]")]
    [InlineData("{ x = ", "}")]
    public void A_chain_of_nested_values_does_not_overflow_a_small_stack(string open, string close)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 100; i++)
        {
            text.Append($"a{i} = ").Insert(text.Length, open, 28).Append($"${{a{i + 1}}}").Insert(text.Length, close, 28).Append('\n');
        }
        HoconResult? result = null;
        var thread = new Thread(() => result = Load(text.ToString()), 512 * 1024);
        thread.Start();
        thread.Join();
        Assert.NotEmpty(result!.Errors);
    }

    private static void AssertEndsSoon(string text)
    {
        var watch = Stopwatch.StartNew();
        var result = Load(text);
        _ = CanonicalJson.Write(result.Root);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }
}
