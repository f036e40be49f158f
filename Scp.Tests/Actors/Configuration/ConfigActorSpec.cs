using Akka.Actor;
using Akka.TestKit.Xunit2;
using Scp.Actors.Configuration;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.Configuration;

public sealed class ConfigActorSpec() : TestKit("akka.loggers = [\"Akka.TestKit.TestEventListener, Akka.TestKit\"]")
{
    [Fact]
    public void Warnings_of_a_configuration_that_is_taken_are_logged_one_by_one()
    {
        var settings = TestConfiguration.Read("127.0.0.1:1");
        var proxy = CreateTestProbe();
        Func<ReadResult> read = () => new ReadResult(settings, [], []) { Warnings = ["scp.conf:1:1: first", "scp.conf:2:1: second"] };
        var config = Sys.ActorOf(Props.Create(() => new ConfigActor(read, proxy)));

        EventFilter.Warning(contains: "first").ExpectOne(() => EventFilter.Warning(contains: "second").ExpectOne(() =>
        {
            config.Tell(new Reload("test"), TestActor);
            proxy.ExpectMsg<Apply>();
            proxy.Reply(Applied.Nothing);
        }));

        Assert.Equal(2, ExpectMsg<Reloaded>().Warnings.Count);
    }
}
