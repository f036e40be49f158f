namespace Scp.Tests.Support;

/// <summary>A test against dnsmasq, a real DNS server; skipped, and says so, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DnsmasqFactAttribute : FactAttribute
{
    public static readonly string? Program =
        new[] { "/usr/sbin/dnsmasq", "/usr/bin/dnsmasq", "/usr/local/sbin/dnsmasq" }.FirstOrDefault(File.Exists);

    public DnsmasqFactAttribute()
    {
        if (Program is null) Skip = "dnsmasq is not installed (Debian: apt-get install dnsmasq-base)";
    }
}
