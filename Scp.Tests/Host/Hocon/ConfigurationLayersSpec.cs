using Scp.Host.Hocon;

namespace Scp.Tests.Host.Hocon;

/// <summary>All layers and all checks together, as the host uses them.</summary>
public class ConfigurationLayersSpec
{
    private sealed record Loaded(SampleSettings? Settings, IReadOnlyList<ConfigError> Errors, IReadOnlyList<ConfigError> Warnings);

    private static Loaded Load(string text, Dictionary<string, string>? variables = null, params string[] definitions)
    {
        var overrides = EnvironmentOverrides.Of(typeof(SampleSettings), "scp", name => variables?.GetValueOrDefault(name));
        var loaded = SampleConfiguration.Load(text, null, null, [.. overrides, .. definitions.Select(HoconSource.FromDefinition)]);
        var errors = new ConfigErrors();
        var warnings = new ConfigErrors();
        var (settings, bindingErrors) = SampleConfiguration.Bind(loaded);
        errors.AddRange(bindingErrors);
        TopLevelKeys.Report(loaded, ["scp", "akka"], errors, warnings);
        return new Loaded(settings, errors.Sorted(), warnings.Sorted());
    }

    [Fact]
    public void Definitions_win_over_variables_and_variables_over_files()
    {
        var variables = new Dictionary<string, string> { ["SCP_NAME"] = "variable", ["SCP_ADMIN_BIND"] = "variable:1" };
        var loaded = Load("scp { name = file, admin.bind = file, admin.token = file }", variables, "scp.name=definition");
        Assert.Empty(loaded.Errors);
        Assert.Equal(("definition", "variable:1", "file"), (loaded.Settings!.Name, loaded.Settings.Admin.Bind, loaded.Settings.Admin.Token));
    }

    [Fact]
    public void A_mistake_in_a_definition_or_variable_names_it()
    {
        var loaded = Load("", new() { ["SCP_ADMIN_ENABLED"] = "maybe" }, "scp.nmae=x", "scp.limits.idle-timeout=5", "garbage");
        Assert.Null(loaded.Settings);
        Assert.Equal(["$SCP_ADMIN_ENABLED", "-D garbage", "-D scp.limits.idle-timeout", "-D scp.nmae"], loaded.Errors.Select(error => error.File));
    }

    [Fact]
    public void Ten_thousand_routes_load()
    {
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"scp.routes.r{i} {{ host = \"h{i}.example\", pool = p, timeout = ${{t}}, path = ${{scp.defaults.route.path}} }}\n")) + "t = 5s";
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var loaded = Load(text);
        Assert.Empty(loaded.Errors);
        Assert.Equal(10_000, loaded.Settings!.Routes.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    [Fact]
    public void A_misspelt_section_is_an_error_and_an_unused_top_level_key_a_warning()
    {
        var loaded = Load("spc { name = x }\nused = 1\nscp.name = ${used}\nunused = 2");
        Assert.Equal("scp.conf:1:1: spc: unknown section 'spc'; did you mean 'scp'?", Assert.Single(loaded.Errors).ToString());
        Assert.Equal("unused", Assert.Single(loaded.Warnings).Path);
    }
}
