using System.Net;

namespace Scp.Streams.Messages;

/// <summary>Facts about the client connection that rules and logs need.</summary>
public sealed class ClientConnectionInfo
{
    private long _exchanges;

    /// <summary>Number of the connection, unique within the process.</summary>
    public required long Id { get; init; }

    public required string Listener { get; init; }

    /// <summary>The client: the socket's peer, or what a trusted PROXY header said. Null address for unix sockets.</summary>
    public required EndPoint Remote { get; init; }

    public required EndPoint Local { get; init; }

    /// <summary>The socket's peer itself, when a PROXY header named another client.</summary>
    public required EndPoint Peer { get; init; }

    /// <summary>The peer is in the listener's trusted-proxies: its forwarding fields are believed.</summary>
    public required bool IsTrustedProxy { get; init; }

    public bool IsTls { get; init; }

    /// <summary>The client's address as text, made once for the connection ("unix" for a unix socket).</summary>
    public string RemoteText { get; private init; } = "";

    public byte[] RemoteTextBytes { get; private init; } = [];

    public IPAddress? RemoteAddress => (Remote as IPEndPoint)?.Address;

    /// <summary>Numbers the exchanges of the connection; called on its graph's thread only.</summary>
    internal long CountExchange() => ++_exchanges;

    public static ClientConnectionInfo Create(
        long id, string listener, EndPoint remote, EndPoint local, EndPoint peer, bool isTrustedProxy, bool isTls = false)
    {
        var text = remote is IPEndPoint ip ? (ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address).ToString() : "unix";
        return new ClientConnectionInfo
        {
            Id = id,
            Listener = listener,
            Remote = remote,
            Local = local,
            Peer = peer,
            IsTrustedProxy = isTrustedProxy,
            IsTls = isTls,
            RemoteText = text,
            RemoteTextBytes = System.Text.Encoding.ASCII.GetBytes(text),
        };
    }
}
