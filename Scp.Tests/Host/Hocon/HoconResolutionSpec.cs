using Scp.Host.Hocon;

namespace Scp.Tests.Host.Hocon;

public class HoconResolutionSpec
{
    private static readonly Dictionary<string, string> Environment = new() { ["HOME"] = "/root", ["PATH"] = "/bin", ["EMPTY"] = "" };

    [Theory]
    [InlineData("a = 1, b = ${a}", "{a:1,b:1}")]
    [InlineData("b = ${a}, a = 1", "{b:1,a:1}")]
    [InlineData("b = ${a}, a = 1\na = 2", "{b:2,a:2}")]
    [InlineData("a = ${?none}", "{}")]
    [InlineData("a = 1\na = ${?none}", "{a:1}")]
    [InlineData("a = 1\na = ${?HOME}", "{a:'/root'}")]
    [InlineData("a = ${HOME}/x", "{a:'/root/x'}")]
    [InlineData("HOME = 1, a = ${HOME}", "{HOME:1,a:1}")]
    [InlineData("a = \"${HOME}\"", "{a:'${HOME}'}")]
    [InlineData("a = ${EMPTY}", "{a:''}")]
    [InlineData("a = x${?none}y", "{a:'xy'}")]
    [InlineData("a = ${?none} ${?none}", "{}")]
    [InlineData("a = [1, ${?none}, 2]", "{a:[1,2]}")]
    [InlineData("x = 1, y = 2, a = ${x} ${y}", "{x:1,y:2,a:'1 2'}")]
    [InlineData("x = true, a = ${x}", "{x:true,a:true}")]
    [InlineData("x = null, a = ${x}", "{x:null,a:null}")]
    [InlineData("x = [1], a = ${x} [2]", "{x:[1],a:[1,2]}")]
    [InlineData("d { x = 1 }, e = ${d}\ne { y = 3 }", "{d:{x:1},e:{x:1,y:3}}")]
    [InlineData("d { x = 1 }, e = ${d} { y = 3 }", "{d:{x:1},e:{x:1,y:3}}")]
    [InlineData("d { x = 1 }, e = { x = 2, y = 3 } ${d}", "{d:{x:1},e:{x:1,y:3}}")]
    [InlineData("d { x = 1 }, e = ${d}, f = ${e.x}\ne.x = 5", "{d:{x:1},e:{x:5},f:5}")]
    [InlineData("\"a.b\" = 1, c = ${\"a.b\"}", "{a.b:1,c:1}")]
    // Self reference
    [InlineData("a = [1]\na = ${a} [2]", "{a:[1,2]}")]
    [InlineData("a = 1\na = ${a}2\na = ${a}3", "{a:'123'}")]
    [InlineData("path = /a\npath = ${path}\":/b\"", "{path:'/a:/b'}")]
    [InlineData("PATH = ${PATH}\":/b\"", "{PATH:'/bin:/b'}")]
    [InlineData("a = ${?a} [1]", "{a:[1]}")]
    [InlineData("a = ${?a}x", "{a:'x'}")]
    [InlineData("a = [1]\na += 2\na += [3]", "{a:[1,2,[3]]}")]
    [InlineData("a += 1", "{a:[1]}")]
    [InlineData("l = [{ x += 1, x += 2 }]", "{l:[{x:[1,2]}]}")]
    [InlineData("b { l = [1] }, a = ${b}, a.l += 2", "{b:{l:[1]},a:{l:[1,2]}}")]
    [InlineData("a { l = [1] }\na = null\na.l += 2", "{a:{l:[2]}}")]
    [InlineData("a { b = [1] }, a.b += 2", "{a:{b:[1,2]}}")]
    [InlineData("bar { foo = 42, baz = ${bar.foo} }", "{bar:{foo:42,baz:42}}")]
    [InlineData("bar { foo = 42, baz = ${bar.foo} }\nbar { foo = 43 }", "{bar:{foo:43,baz:43}}")]
    [InlineData("bar { a = ${foo.d}, b = 1 }\nbar.b = 3\nfoo { c = ${bar.b}, d = 2 }\nfoo.d = 4", "{bar:{a:4,b:3},foo:{c:3,d:4}}")]
    [InlineData("foo { a { c = 1 } }\nfoo = ${foo.a}\nfoo { a = 2 }", "{foo:{a:2,c:1}}")]
    [InlineData("a { x = 1, y = ${a.x} }\na = ${a} { x = 2 }", "{a:{x:2,y:2}}")]
    [InlineData("b { p = ${a.x} }\na = ${b} { x = 1 }", "{b:{p:1},a:{p:1,x:1}}")]
    [InlineData("a = 1\na = ${b}\nb = ${a}", "{a:1,b:1}")]
    [InlineData("a = ${b}, b = ${a}\na = 5", "{a:5,b:5}")]
    [InlineData("a = ${none}\na = 1", "{a:1}")]
    public void Substitutions_resolve_as_the_specification_says(string text, string expected) =>
        Assert.Equal(expected, SampleConfiguration.Resolve(text, Environment.GetValueOrDefault));

    [Theory]
    [InlineData("a = ${none}", "t:1:5: ${none} is defined neither in the configuration nor in the environment; define it, or write ${?none} if it may be missing")]
    [InlineData("a = ${a}", "t:1:5: ${a} refers to itself and there is no earlier value: a -> a")]
    [InlineData("a = ${b}, b = ${c}, c = ${a}", "t:1:25: ${a} refers to itself and there is no earlier value: a -> b -> c -> a")]
    [InlineData("a = ${b} { x = 1 }, b = 3", "t:1:5: ${b} is a number, but stands beside an object; it must lead to an object too")]
    [InlineData("a { b = ${a} }", "t:1:9: refers to an object that contains it")]
    [InlineData("a = 1\na += 2", "t:2:1: '+=' adds to a list, but the value so far is a number (t:1:5)")]
    public void A_substitution_that_leads_nowhere_is_one_error(string text, string expected) =>
        Assert.Equal(expected, SampleConfiguration.Resolve(text, Environment.GetValueOrDefault));

    [Fact]
    public void Substitutions_see_what_later_layers_say()
    {
        var result = HoconLoader.Load([HoconSource.FromText("1", "a = 1, b = ${a}, l = [x]"), HoconSource.FromText("2", "a = 2, l = ${l} [y]")], _ => null);
        Assert.Equal("{a:2,b:2,l:['x','y']}", OneLine.Of(result.Root));
    }

    [Fact]
    public void Each_value_remembers_the_layer_it_came_from()
    {
        var result = HoconLoader.Load([HoconSource.FromText("1", "a { x = 1\n y = 2 }"), HoconSource.FromText("2", "a.y = 3")], _ => null);
        Assert.Equal("1:1:9", result.Root.Find("a.x")!.Origin.ToString());
        Assert.Equal("2:1:7", result.Root.Find("a.y")!.Origin.ToString());
    }

    [Fact]
    public void A_list_may_be_appended_to_many_times()
    {
        var text = "a { l = [x] }\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"a.l += {i}\n"));
        Assert.StartsWith("{a:{l:['x',0,1,2,", SampleConfiguration.Resolve(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_definition_on_the_command_line_needs_no_quotes()
    {
        HoconSource[] layers = [HoconSource.FromDefinition("a.b=127.0.0.1:80"), HoconSource.FromDefinition("c=[1,2]"), HoconSource.FromDefinition("d=5"), HoconSource.FromDefinition("e=")];
        Assert.Equal("{a:{b:'127.0.0.1:80'},c:[1,2],d:5,e:''}", OneLine.Of(HoconLoader.Load(layers, _ => null).Root));
        Assert.Single(HoconLoader.Load([HoconSource.FromDefinition("nonsense")], _ => null).Errors);
    }
}
