using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

public sealed class InMemoryTransportSpec : TransportSpec
{
    protected override (ITransport Client, ITransport Server) Connect() => InMemoryTransport.CreatePair();

    [Fact]
    public void At_most_its_capacity_is_under_way()
    {
        var (client, server) = InMemoryTransport.CreatePair(capacity: 10);
        var sender = new Recorder(client);
        var reader = new Recorder(server);
        Assert.Equal(TransportResult.Completed(10), client.Send(new byte[10]));
        Assert.True(client.Send(new byte[1]).IsPending);
        Assert.Equal(0, sender.Uncollected);
        reader.ReceiveExactly(1);
        Assert.Equal(TransportResult.Completed(1), sender.AwaitSent());
    }

    [Fact]
    public void A_caller_inside_a_scope_is_not_re_entered()
    {
        var (client, server) = InMemoryTransport.CreatePair();
        var reader = new Recorder(server);
        Assert.True(server.Receive(new byte[10]).IsPending);
        InlineScope.Run(
            r =>
            {
                client.Send(new byte[1]);
                Assert.Equal(0, r.Uncollected);
            },
            reader);
        Assert.Equal(1, reader.Uncollected);
    }
}
