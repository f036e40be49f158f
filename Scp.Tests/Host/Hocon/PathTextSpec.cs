using Scp.Host.Hocon.Syntax;

namespace Scp.Tests.Host.Hocon;

public class PathTextSpec
{
    [Theory]
    [InlineData("scp", "routes", "shop")]
    [InlineData("scp", "routes", "my.shop", "pool")]
    [InlineData("a \"b\" c", "x\\y", "..", "")]
    public void A_path_that_was_joined_is_split_into_the_same_elements(params string[] elements) =>
        Assert.Equal(elements, PathText.Split(PathText.Join(elements)));
}
