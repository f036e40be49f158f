using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Messages;

public class CreditWindowSpec
{
    [Fact]
    public void More_than_there_is_cannot_be_taken()
    {
        var credit = new CreditWindow();
        credit.Take(CreditWindow.Initial);
        Assert.Throws<InvalidOperationException>(() => credit.Take(1));
    }

    [Fact]
    public void What_a_filter_adds_must_be_consumed_before_the_edge_goes_on()
    {
        var exchange = Heads.Request().Exchange;
        exchange.TakeResponseCredit(CreditWindow.Initial);
        exchange.OverdrawResponseCredit(100);
        Assert.Equal(0, exchange.ResponseCredit);
        exchange.GrantResponseCredit(100);
        Assert.Equal(0, exchange.ResponseCredit);
        exchange.GrantResponseCredit(CreditWindow.Initial);
        Assert.Equal(CreditWindow.Initial, exchange.ResponseCredit);
    }

    [Fact]
    public void Exchanges_are_numbered_on_their_connection()
    {
        var connection = Heads.Connection();
        Assert.Equal(1, Heads.Request(connection).Exchange.Number);
        Assert.Equal(2, Heads.Request(connection).Exchange.Number);
    }
}
