using System.Net;
using System.Net.Sockets;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Tests.Regression;

/// <summary>A connection attempt that is given up in the very moment in which it succeeds ended the whole process.</summary>
public sealed class CancelledConnectSpec
{
    [Fact]
    public void An_attempt_that_is_cancelled_as_it_completes_reports_once_and_throws_nowhere()
    {
        const int attempts = 2000;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(attempts);
        var completed = 0;

        for (var i = 0; i < attempts; i++)
        {
            var attempt = SocketConnector.Instance.Connect(listener.LocalEndPoint!, result =>
            {
                Interlocked.Increment(ref completed);
                result.Transport?.Dispose();
            });
            Thread.SpinWait(i % 500 * 10);
            attempt.Cancel();
        }

        Eventually.Holds(() => Volatile.Read(ref completed) == attempts);
        Assert.Equal(attempts, completed);
    }
}
