using Scp.Streams.Messages;

namespace Scp.Streams.Filters.FieldRules;

/// <summary>Adds, sets, removes and renames fields of requests and responses.</summary>
public sealed class FieldRulesFilter : HttpFilter
{
    private readonly FieldRule[] _request;
    private readonly FieldRule[] _response;

    private FieldRulesFilter(FieldRule[] request, FieldRule[] response)
    {
        _request = request;
        _response = response;
    }

    public override string Name => "fields";

    /// <summary>Null when a rule is invalid; then every error was added, each with the path of its rule.</summary>
    public static FieldRulesFilter? Create(FieldRuleSettings settings, ICollection<string> errors)
    {
        var before = errors.Count;
        var request = Compile("request", settings.Request, errors);
        var response = Compile("response", settings.Response, errors);
        return errors.Count == before ? new FieldRulesFilter(request, response) : null;
    }

    public override ValueTask<FilterVerdict> OnRequestHead(FilterContext context, RequestHead request)
    {
        foreach (var rule in _request) rule.Apply(request.Fields, context.Exchange);
        return default;
    }

    public override ValueTask<FilterVerdict> OnResponseHead(FilterContext context, ResponseHead response)
    {
        foreach (var rule in _response) rule.Apply(response.Fields, context.Exchange);
        return default;
    }

    private static FieldRule[] Compile(string list, IReadOnlyList<FieldRuleEntry> entries, ICollection<string> errors)
    {
        var rules = new List<FieldRule>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var found = new List<string>();
            if (FieldRule.Compile(entries[i], found) is { } rule) rules.Add(rule);
            foreach (var error in found) errors.Add($"{list}[{i}]: {error}");
        }

        return [.. rules];
    }
}
