using Scp.Host;
using Scp.Host.Configuration;
using Scp.Host.Hocon;

namespace Scp.Tests.Support;

/// <summary>A configuration of one listener, one pool and one route to it, over the real defaults of reference.conf.</summary>
internal static class TestConfiguration
{
    public static HostSettings Read(string backend, string more = "") => Load(backend, more).Settings!;

    /// <param name="backend">Address of the one backend of the pool "origin".</param>
    /// <param name="more">Keys that differ.</param>
    public static LoadedConfiguration Load(string backend, string more = "")
    {
        var text = $$"""
            scp {
              listeners.main.bind = "127.0.0.1:0"
              pools.origin.backends = [{ address = "{{backend}}" }]
              routes.all { pool = origin }
              admin.enabled = off
              access-log.enabled = off
              persistence.enabled = off
            }
            {{more}}
            """;
        var loaded = ConfigurationReader.Read([ConfigurationReader.Reference, HoconSource.FromText("test", text)], _ => null);
        Assert.True(loaded.Settings is not null, string.Join('\n', loaded.Errors));
        return loaded;
    }
}
