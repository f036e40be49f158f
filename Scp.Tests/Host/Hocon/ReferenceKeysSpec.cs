using Scp.Host.Hocon;

namespace Scp.Tests.Host.Hocon;

public class ReferenceKeysSpec
{
    [Fact]
    public void The_sample_reference_and_its_settings_agree() => Assert.Empty(Compare(SampleConfiguration.Reference));

    [Fact]
    public void Every_key_of_the_sample_reference_has_a_comment() => Assert.Empty(ReferenceKeys.Uncommented(SampleConfiguration.Reference));

    [Fact]
    public void A_key_without_a_property_is_found() =>
        Assert.Equal(
            ["scp.defaults.x in the reference is bound to no property of SampleSettings", "scp.defaults.pool.y in the reference is bound to no property of SamplePool"],
            Compare(SampleConfiguration.Reference + "scp.defaults.x = 1\nscp.defaults.pool.y = 2"));

    [Fact]
    public void A_property_without_a_key_is_found() =>
        Assert.Equal(
            ["SampleLimits.IdleTimeout has no key scp.limits.idle-timeout in the reference", "SampleBackend.Weight has no key scp.defaults.backend.weight in the reference"],
            Compare(SampleConfiguration.Reference.Replace("idle-timeout = 60s", "", StringComparison.Ordinal).Replace("weight = 1", "", StringComparison.Ordinal)));

    [Fact]
    public void A_key_without_a_comment_is_found() =>
        Assert.Equal(["a.c (line 5) has no comment above it"], ReferenceKeys.Uncommented("# a\na {\n  # b\n  b = 1\n  c = 2\n}"));

    private static IReadOnlyList<string> Compare(string reference) =>
        ReferenceKeys.Compare(typeof(SampleSettings), "scp", HoconLoader.Load([HoconSource.FromText("reference.conf", reference)], _ => null).Root);
}
