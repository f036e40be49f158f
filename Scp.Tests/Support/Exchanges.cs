using System.Net;
using Scp.Streams.Messages;

namespace Scp.Tests.Support;

/// <summary>Exchanges without a connection behind them.</summary>
public static class Exchanges
{
    private static readonly EndPoint Nowhere = new IPEndPoint(IPAddress.Loopback, 0);

    private static readonly ClientConnectionInfo Connection =
        ClientConnectionInfo.Create(1, "public", Nowhere, Nowhere, Nowhere, isTrustedProxy: false);

    public static Exchange Create() => new(Connection, new DeafEdge());

    private sealed class DeafEdge : IExchangeEdge
    {
        public void OnCredit(Exchange exchange)
        {
        }
    }
}
