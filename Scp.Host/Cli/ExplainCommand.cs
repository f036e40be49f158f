using System.CommandLine;
using Scp.Actors.Decisions;
using Scp.Host.Admin;
using Scp.Host.Configuration;
using Scp.Host.Explain;

namespace Scp.Host.Cli;

/// <summary>scpd explain: says what the proxy would do with a request, and why. Starts nothing and sends nothing.</summary>
internal static class ExplainCommand
{
    private static readonly Option<string> Request = new("--request", "-r")
    {
        Description = "Method and URL: 'GET https://shop.example/cart'.",
        Required = true,
    };

    private static readonly Option<string[]> Header = new("--header", "-H") { Description = "A header 'Name: value'; may be repeated." };

    private static readonly Option<string?> Listener =
        new("--listener") { Description = "The listener that it comes in at. Without it: the first of the configuration." };

    private static readonly Option<string?> Client = new("--client") { Description = "The client's address. Without it: 127.0.0.1." };

    private static readonly Option<string?> State = new("--state")
    {
        Description = "How the backends are, as GET /pools?format=json of the admin endpoint gives it. Without it: all are up and idle.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Prints JSON." };

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "What the random begins with; the same seed picks the same. Without it: 1.",
        DefaultValueFactory = _ => 1,
    };

    public static Command Build(Option<string?> config, Option<string[]> define)
    {
        var command = new Command("explain",
            "Says what the proxy would do with a request: the route that takes it and why the others do not, what is changed on the way, "
            + "how each backend stands and which is picked. Exit code 0 when it is said, 2 when configuration or request are wrong.")
        {
            Request, Header, Listener, Client, State, Seed, Json, config, define,
        };
        command.SetAction(parsed => Execute(parsed, parsed.GetValue(config), parsed.GetValue(define) ?? [], TimeProvider.System));
        return command;
    }

    private static int Execute(ParseResult parsed, string? config, string[] definitions, TimeProvider time)
    {
        var console = parsed.InvocationConfiguration;
        var loaded = Commands.Read(config ?? ConfigurationReader.DefaultFile, definitions);
        if (!Commands.Report(loaded, console.Error)) return ExitCode.InvalidConfiguration;
        var explainer = Explainer.Offline(loaded.Settings!, time);
        var error = "";
        if (parsed.GetValue(State) is { } state)
        {
            var notes = new List<string>();
            error = StateFile.Apply(state, explainer.Pools, explainer.Now, notes);
            foreach (var note in notes) console.Error.WriteLine(note);
        }

        var trace = error.Length > 0 || QueryOf(parsed, out error) is not { } query ? null : explainer.Explain(query, out error);
        if (trace is null)
        {
            console.Error.WriteLine(error);
            return ExitCode.InvalidConfiguration;
        }

        console.Output.Write(parsed.GetValue(Json) ? ReportJson.Write(trace) : DecisionText.Render(trace));
        return ExitCode.Success;
    }

    private static ExplainQuery? QueryOf(ParseResult parsed, out string error)
    {
        var request = parsed.GetValue(Request)!;
        var words = request.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        error = words.Length == 2 ? "" : $"'{request}' is not a request: write a method and a URL, such as 'GET https://shop.example/cart'";
        return error.Length > 0
            ? null
            : new ExplainQuery(
                words[0], words[1], parsed.GetValue(Header) ?? [], parsed.GetValue(Listener), parsed.GetValue(Client), parsed.GetValue(Seed));
    }
}
