using Scp.Host.Hocon;
using Scp.Host.Hocon.Binding;

namespace Scp.Tests.Host.Hocon;

/// <summary>Loads and binds sample configurations the way the host does with the real one.</summary>
internal static class SampleConfiguration
{
    public const string Reference = """
        # The sample proxy.
        scp {
          # Name of this node.
          name = sample
          # Administration.
          admin {
            # Whether to listen at all.
            enabled = on
            # Address and port.
            bind = "127.0.0.1:9090"
            # Bearer token; null lets everyone in.
            token = null
          }
          # Limits.
          limits {
            # Longest header section, in bytes.
            max-header-size = 32KiB
            # Longest content; off is no limit.
            max-body-size = off
            # Silence that closes a connection; off waits forever.
            idle-timeout = 60s
            # Connections at a time.
            max-connections = 1000
          }
          # One entry per route.
          routes { }
          # One entry per pool.
          pools { }
          # What an entry of an open map says when it does not say it itself.
          defaults {
            # For each of scp.routes.
            route {
              # Host to match.
              host = "*"
              # Path prefix.
              path = "/"
              # Name of a pool; must be set.
              pool = null
              # Time for the whole exchange.
              timeout = 30s
              # Attempts after the first; off tries once.
              retries = 1
              # Fields to set.
              headers { }
              # Methods to match; empty matches all.
              methods = []
            }
            # For each of scp.pools.
            pool {
              # How to choose a backend.
              policy = round-robin
              # Below this share of healthy backends all are used.
              panic-threshold = 50%
              # The backends; must be set.
              backends = null
            }
            # For each of scp.pools.*.backends.
            backend {
              # Address and port; must be set.
              address = null
              # Share of the load.
              weight = 1
              # What to ask for health; null does not ask.
              probe = null
            }
          }
        }

        """;

    public static HoconResult Load(string text, Func<string, string?>? environment = null, HoconFiles? files = null, params HoconSource[] more) =>
        HoconLoader.Load(
            [HoconSource.FromText("reference.conf", Reference), HoconSource.FromText("scp.conf", text), .. more],
            environment ?? (_ => null),
            SettingsKeys.OpenMaps(typeof(SampleSettings), "scp"),
            files);

    public static (SampleSettings? Settings, IReadOnlyList<ConfigError> Errors) Bind(HoconResult loaded)
    {
        var errors = new ConfigErrors();
        errors.AddRange(loaded.Errors);
        var settings = loaded.IsStructureBroken ? null : SettingsBinder.Bind<SampleSettings>(loaded.Root, "scp", errors);
        return (errors.Count == 0 ? settings : null, errors.Sorted());
    }

    public static (SampleSettings? Settings, IReadOnlyList<ConfigError> Errors) Bind(string text) => Bind(Load(text));

    /// <summary>What one text alone resolves to, as one line of JSON; or its errors.</summary>
    public static string Resolve(string text, Func<string, string?>? environment = null, HoconFiles? files = null)
    {
        var result = HoconLoader.Load([HoconSource.FromText("t", text)], environment ?? (_ => null), files: files);
        return result.IsValid ? OneLine.Of(result.Root) : string.Join("; ", result.Errors.Select(error =>
            $"{error.Origin}: {error.Message}"));
    }
}
