using System.Net;
using System.Net.Sockets;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>How an attempt to connect ended.</summary>
/// <param name="Transport">The connection, or null.</param>
/// <param name="Error">Why there is none.</param>
public sealed record ConnectResult(ITransport? Transport, Errors.ProxyError Error);

/// <summary>An attempt that is under way.</summary>
public interface IConnectAttempt
{
    /// <summary>Gives up; the callback may still come, with a failure or a connection that the caller then closes.</summary>
    void Cancel();
}

/// <summary>Opens connections to backends. Sockets in production, memory in tests.</summary>
public interface IConnector
{
    /// <summary>
    /// Connects; the callback comes once, on any thread, inside an <see cref="InlineScope"/>, perhaps before this returns.
    /// </summary>
    IConnectAttempt Connect(EndPoint address, Action<ConnectResult> completed);
}

/// <summary>Connects kernel sockets: addresses, names (every address of a name is tried in turn) and unix sockets.</summary>
public sealed class SocketConnector : IConnector
{
    public static readonly SocketConnector Instance = new();

    public IConnectAttempt Connect(EndPoint address, Action<ConnectResult> completed)
    {
        var attempt = new Attempt(completed) { RemoteEndPoint = address };
        try
        {
            var protocol = address is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp;
            if (!Socket.ConnectAsync(SocketType.Stream, protocol, attempt)) attempt.Deliver();
        }
        catch (Exception e) when (e is SocketException or NotSupportedException or ArgumentException)
        {
            completed(new ConnectResult(null, Errors.ProxyError.ConnectFailed));
            attempt.Dispose();
        }

        return attempt;
    }

    private sealed class Attempt(Action<ConnectResult> completed) : SocketAsyncEventArgs(true), IConnectAttempt
    {
        public void Cancel() => Socket.CancelConnectAsync(this);

        public void Deliver()
        {
            var result = SocketError == SocketError.Success ? Take(ConnectSocket) : null;
            if (result is null) ConnectSocket?.Dispose();
            result ??= new ConnectResult(null, ErrorOf(SocketError));
            Dispose();
            completed(result);
        }

        protected override void OnCompleted(SocketAsyncEventArgs e) => InlineScope.Run(static a => a.Deliver(), this);

        /// <summary>Null when the socket is gone already: the attempt was cancelled as it succeeded, or the backend has reset it.</summary>
        private static ConnectResult? Take(Socket? socket)
        {
            try
            {
                if (socket is null) return null;
                if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
                return new ConnectResult(new SocketTransport(socket), Errors.ProxyError.None);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return null;
            }
        }

        private static Errors.ProxyError ErrorOf(SocketError error) => error switch
        {
            SocketError.ConnectionRefused => Errors.ProxyError.ConnectRefused,
            SocketError.TimedOut or SocketError.OperationAborted => Errors.ProxyError.ConnectTimeout,
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery =>
                Errors.ProxyError.DnsFailure,
            _ => Errors.ProxyError.ConnectFailed,
        };
    }
}
