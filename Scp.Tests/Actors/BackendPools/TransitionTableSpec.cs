using System.Text.RegularExpressions;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.BackendPools;

public partial class TransitionTableSpec
{
    /// <summary>SCP_UPDATE_GOLDEN=1 writes the table into the README.</summary>
    [Fact]
    public void The_README_prints_what_leads_where()
    {
        var readme = Repository.Path("Scp.Actors/README.md");
        var table = $"```\n{TransitionTable.Print()}```\n";
        if (Environment.GetEnvironmentVariable("SCP_UPDATE_GOLDEN") == "1")
            File.WriteAllText(readme, Table().Replace(File.ReadAllText(readme), table));

        Assert.Equal(table, Table().Match(File.ReadAllText(readme)).Value);
    }

    [GeneratedRegex("```\ncommand .*?```\n", RegexOptions.Singleline)]
    private static partial Regex Table();
}
