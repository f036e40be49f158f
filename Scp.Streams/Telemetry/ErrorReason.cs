using System.Text;
using Scp.Streams.Errors;

namespace Scp.Streams.Telemetry;

/// <summary>The stable reason code of a <see cref="ProxyError"/> in logs and metrics: its name in kebab-case, "connect-refused".</summary>
public static class ErrorReason
{
    private static readonly string[] Texts = [.. Enum.GetValues<ProxyError>().Select(Spell)];
    private static readonly byte[][] Utf8Texts = [.. Texts.Select(Encoding.ASCII.GetBytes)];

    /// <summary>How many errors there are: the length of an array indexed by them.</summary>
    public static int Count => Texts.Length;

    public static string Text(ProxyError error) => Texts[(int)error];

    public static ReadOnlySpan<byte> Utf8(ProxyError error) => Utf8Texts[(int)error];

    private static string Spell(ProxyError error) =>
        string.Concat(error.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : $"{c}"));
}
