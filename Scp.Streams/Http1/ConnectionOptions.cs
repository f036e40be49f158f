using System.Text;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>The options of Connection that decide about the connection itself (RFC 9112 9.3, RFC 9110 7.8).</summary>
[Flags]
internal enum ConnectionOptions : byte
{
    None = 0,
    Close = 1,
    KeepAlive = 2,
    Upgrade = 4,
}

internal static class ConnectionOptionsReader
{
    /// <summary>The known options over all Connection lines; others are left to the hop-by-hop rules.</summary>
    public static ConnectionOptions Read(FieldSection fields)
    {
        var options = ConnectionOptions.None;
        for (var i = fields.IndexOf(KnownField.Connection); i >= 0; i = fields.IndexOf(KnownField.Connection, i + 1))
        {
            var list = fields.Value(i);
            while (ListMembers.TryNext(ref list, out var member)) options |= Recognise(member);
        }

        return options;
    }

    /// <summary>"close" wins; without a word HTTP/1.1 persists and HTTP/1.0 does not.</summary>
    public static bool MeansClose(this ConnectionOptions options, HttpVersion version) =>
        (options & ConnectionOptions.Close) != 0 || (version == HttpVersion.Http10 && (options & ConnectionOptions.KeepAlive) == 0);

    private static ConnectionOptions Recognise(ReadOnlySpan<byte> member) => member.Length switch
    {
        5 when Ascii.EqualsIgnoreCase(member, "close"u8) => ConnectionOptions.Close,
        7 when Ascii.EqualsIgnoreCase(member, "upgrade"u8) => ConnectionOptions.Upgrade,
        10 when Ascii.EqualsIgnoreCase(member, "keep-alive"u8) => ConnectionOptions.KeepAlive,
        _ => ConnectionOptions.None,
    };
}
