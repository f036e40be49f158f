using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;

namespace Scp.Streams.Messages;

/// <summary>
/// The forwarding settings with everything that can be encoded beforehand: made once for a configuration, shared by all connections.
/// </summary>
/// <param name="settings">The settings.</param>
/// <param name="date">The clock for Date fields.</param>
/// <param name="random">For new traces; must be thread-safe where connections run in parallel (<see cref="Random.Shared"/> is).</param>
public sealed class ForwardingRules(ForwardingSettings settings, HttpDate date, Random random)
{
    private readonly byte[] _via10 = Encoding.ASCII.GetBytes($"1.0 {settings.Pseudonym}");
    private readonly byte[] _via11 = Encoding.ASCII.GetBytes($"1.1 {settings.Pseudonym}");
    private readonly byte[] _via2 = Encoding.ASCII.GetBytes($"2 {settings.Pseudonym}");
    private readonly byte[]?[] _proxyStatus = [.. ErrorTable.All.Select(row => ProxyStatusField(settings, row))];

    public ForwardingSettings Settings { get; } = settings;

    public HttpDate Date { get; } = date;

    public Random Random { get; } = random;

    public byte[] Pseudonym { get; } = Encoding.ASCII.GetBytes(settings.Pseudonym);

    /// <summary>The element of Via for a message received in that version.</summary>
    public ReadOnlySpan<byte> ViaOf(HttpVersion received) => received switch
    {
        HttpVersion.Http10 => _via10,
        HttpVersion.Http2 => _via2,
        _ => _via11,
    };

    /// <summary>The value of Proxy-Status for an error, null when it is switched off or the error has none.</summary>
    public byte[]? ProxyStatusOf(ProxyError error) => _proxyStatus[(int)error];

    /// <summary>What goes to the origin: see <see cref="RequestForwarding.Prepare"/>.</summary>
    public ProxyError PrepareRequest(RequestHead request, ClientConnectionInfo connection, out bool isLastRecipient) =>
        RequestForwarding.Prepare(request, connection, this, out isLastRecipient);

    /// <summary>What goes to the client: see <see cref="ResponseForwarding.Prepare"/>.</summary>
    public void PrepareResponse(ResponseHead response, RequestHead request) => ResponseForwarding.Prepare(response, request, this);

    /// <summary>
    /// <c>scp; error=connection_refused; details="connect-refused"</c> (RFC 9209 section 2; the details are the code of the logs).
    /// </summary>
    private static byte[]? ProxyStatusField(ForwardingSettings settings, ErrorRow row) =>
        settings.ProxyStatus && row.ProxyStatus.Length > 0
            ? Encoding.ASCII.GetBytes($"{StructuredName(settings.Pseudonym)}; error={row.ProxyStatus}; details=\"{row.Reason}\"")
            : null;

    /// <summary>A token when it is one, else a string (RFC 9651 3.3.3 and 3.3.4).</summary>
    private static string StructuredName(string name) =>
        name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '*')
            && name.All(c => c is ':' or '/' || (c < 0x80 && FieldValue.IsTokenByte((byte)c)))
            ? name
            : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
