using Microsoft.Extensions.Time.Testing;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Messages;

public class HttpDateSpec
{
    [Fact]
    public void The_date_is_an_imf_fixdate_that_is_formatted_once_a_second()
    {
        var time = new FakeTimeProvider(Heads.Now);
        var date = new HttpDate(time);
        var first = date.Bytes;
        time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Same(first, date.Bytes);
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", Heads.Text(first));
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal("Sun, 06 Nov 1994 08:49:38 GMT", Heads.Text(date.Bytes));
    }
}
