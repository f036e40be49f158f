using Scp.Host;
using Scp.Host.Configuration;
using Scp.Host.Hocon;
using Scp.Tests.Support;

namespace Scp.Tests.Host.Hocon;

public class ReferenceSpec
{
    [Fact]
    public void Every_key_of_reference_conf_is_read_by_a_setting_and_every_setting_has_a_key() =>
        Assert.Empty(ReferenceKeys.Compare(typeof(HostSettings), ConfigurationReader.Section, Load()));

    [Fact]
    public void Every_key_of_reference_conf_has_a_comment_above_it() =>
        Assert.Empty(ReferenceKeys.Uncommented(File.ReadAllText(Repository.Path("hocon/reference.conf"))));

    private static HoconObject Load() => HoconLoader.Load([ConfigurationReader.Reference], _ => null).Root;
}
