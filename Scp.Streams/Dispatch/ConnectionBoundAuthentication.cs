using System.Text;
using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch;

/// <summary>
/// NTLM and Negotiate authenticate a connection, not a request (RFC 4559 section 6): what comes next on it acts as that user. An upstream
/// connection that carried such credentials is never given to another exchange.
/// </summary>
public static class ConnectionBoundAuthentication
{
    public static bool IsIn(RequestHead request)
    {
        var index = request.Fields.IndexOf(KnownField.Authorization);
        if (index < 0) return false;
        var value = request.Fields.Value(index);
        var space = value.IndexOf((byte)' ');
        var scheme = space < 0 ? value : value[..space];
        return Ascii.EqualsIgnoreCase(scheme, "NTLM"u8) || Ascii.EqualsIgnoreCase(scheme, "Negotiate"u8);
    }
}
