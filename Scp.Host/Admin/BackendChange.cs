using System.Globalization;
using Microsoft.Extensions.Primitives;
using Scp.Host.Hocon.Binding;
using Scp.Streams.Balancing;

namespace Scp.Host.Admin;

/// <summary>What a call wants changed of a backend. What is null stays.</summary>
internal sealed record BackendChange(AdministrativeState? State, int? Weight)
{
    /// <summary>Takes back an earlier weight.</summary>
    public const int ConfiguredWeight = -1;

    private const int MaxWeight = 1000;
    private const string Usage = "Say state=ready|draining|maintenance, weight=0..1000|reset, or both, in the query.";

    /// <summary>Reads the parameters of a query; the error names the one that is wrong.</summary>
    public static BackendChange? Parse(IEnumerable<KeyValuePair<string, StringValues>> query, out string error)
    {
        AdministrativeState? state = null;
        int? weight = null;
        error = "";
        foreach (var (name, values) in query)
        {
            error = name switch
            {
                _ when values.Count != 1 => $"{name} is given {values.Count} times.",
                "state" => TryState(values[0]!, out state) ? "" : $"state must be ready, draining or maintenance, not '{values[0]}'.",
                "weight" => TryWeight(values[0]!, out weight) ? "" : $"weight must be 0 to {MaxWeight}, or reset, not '{values[0]}'.",
                _ when EditDistance.Nearest(name, ["state", "weight"]) is { } near => $"There is no parameter '{name}'; did you mean '{near}'?",
                _ => $"There is no parameter '{name}'. {Usage}",
            };
            if (error.Length > 0) return null;
        }

        if (state is null && weight is null) error = Usage;
        return error.Length == 0 ? new BackendChange(state, weight) : null;
    }

    private static bool TryState(string text, out AdministrativeState? state)
    {
        state = text switch
        {
            "ready" => AdministrativeState.Ready,
            "draining" => AdministrativeState.Draining,
            "maintenance" => AdministrativeState.Maintenance,
            _ => null,
        };
        return state is not null;
    }

    private static bool TryWeight(string text, out int? weight)
    {
        weight = text == "reset" ? ConfiguredWeight
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxWeight ? number
            : null;
        return weight is not null;
    }
}
