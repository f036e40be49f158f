using Scp.Actors.Decisions;
using Scp.Host.Explain;
using Scp.Streams.Gateway;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Gateway;

public sealed class GatewayDecisionSpec
{
    [Fact]
    public void A_rewrite_leaves_the_target_that_the_client_sent_for_the_reports()
    {
        var settings = TestConfiguration.Read("127.0.0.1:1", "scp.routes.all.path = \"/cart/*\"\nscp.routes.all.rewrite { strip-prefix = \"/cart\", host = inside }");
        var explainer = Explainer.Offline(settings, TimeProvider.System);
        var request = RequestText.TryParse("GET", "http://shop.example/cart/7?a=1", [], out _)!;
        var head = request.Parse(explainer.SnapshotOf("main", 1), explainer.OriginOf(null, null, out _)!, out _)!;

        GatewayDecision.ChooseRoute(head);
        Assert.Null(GatewayDecision.Answer(head));

        Assert.Equal(("/7", "inside"), (Heads.Text(head.PathBytes), Heads.Text(head.HostBytes)));
        var received = head.ReceivedTarget;
        Assert.Equal(("/cart/7", "shop.example"), (Heads.Text(head.Fields.Bytes(received.Path)), Heads.Text(head.Fields.Bytes(received.Host))));
        head.Fields.Release();
    }
}
