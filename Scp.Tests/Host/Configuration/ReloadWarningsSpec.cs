using Scp.Host.Configuration;
using Scp.Host.Hocon;

namespace Scp.Tests.Host.Configuration;

public class ReloadWarningsSpec
{
    private const string Good = "scp.listeners.main.bind = \"127.0.0.1:0\"\n";
    private const string UnknownAkkaKey = "akka.actr = 1\n";

    [Fact]
    public void A_warning_is_said_when_it_is_new_and_not_again_until_it_was_gone()
    {
        string[] files = [Good + UnknownAkkaKey, "\n" + Good + UnknownAkkaKey, Good, Good + UnknownAkkaKey];
        var next = 0;
        var configuration = new ConfigurationInForce(Read(Good), () => Read(files[next++]));

        var said = files.Select(_ => configuration.ReadAgain().Warnings).ToList();

        Assert.Equal([1, 0, 0, 1], said.Select(w => w.Count));
        Assert.StartsWith("test:2:", said[0][0]);
        Assert.Contains("akka.actr", said[0][0]);
    }

    [Fact]
    public void What_was_said_at_the_start_is_not_said_again()
    {
        var configuration = new ConfigurationInForce(Read(Good + UnknownAkkaKey), () => Read(Good + UnknownAkkaKey));

        Assert.Empty(configuration.ReadAgain().Warnings);
    }

    private static LoadedConfiguration Read(string text) =>
        ConfigurationReader.Read([ConfigurationReader.Reference, HoconSource.FromText("test", text)], _ => null);
}
