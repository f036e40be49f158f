using System.Text;
using Scp.Streams.Errors;

namespace Scp.Streams.Telemetry;

/// <summary>The stable reason code of a <see cref="ProxyError"/> in logs and metrics: its name in kebab-case, "connect-refused".</summary>
public static class ErrorReason
{
    private static readonly string[] Texts = [.. Enum.GetValues<ProxyError>().Select(e => ErrorTable.Of(e).Reason)];
    private static readonly byte[][] Utf8Texts = [.. Texts.Select(Encoding.ASCII.GetBytes)];

    /// <summary>How many errors there are: the length of an array indexed by them.</summary>
    public static int Count => Texts.Length;

    public static string Text(ProxyError error) => Texts[(int)error];

    public static ReadOnlySpan<byte> Utf8(ProxyError error) => Utf8Texts[(int)error];
}
