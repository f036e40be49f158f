using Scp.Streams.Settings;

namespace Scp.Streams.Filters.FieldRules;

/// <summary>The field rules of a route in both positions (<c>fields</c>).</summary>
public sealed record FieldRulesSettings
{
    /// <summary>Sees every exchange, as the client sent it and as it gets it: local answers too.</summary>
    public FieldRuleSettings Downstream { get; init; } = new();

    /// <summary>Sees what is forwarded, as the origin gets it and as it answered.</summary>
    public FieldRuleSettings Upstream { get; init; } = new();
}

/// <summary>
/// Rules that change fields, at one position (<c>fields.downstream</c> or <c>fields.upstream</c> of a route). Rules run in order, each
/// sees what those before it left.
/// <code>
/// fields {
///   downstream {                                       # every exchange, cached and local responses too
///     response = [ { set = "Strict-Transport-Security", value = "max-age=31536000" } ]
///   }
///   upstream {                                         # only what is forwarded
///     request = [
///       { remove = "X-Debug" }
///       { rename = "X-Old", to = "X-New" }
///       { set = "X-Env", value = "prod" }              # replaces what is there
///       { add = "X-Client", value = "{client-ip}" }    # one line more
///     ]
///     response = [ { remove = "X-Powered-By" } ]
///   }
/// }
/// </code>
/// </summary>
public sealed record FieldRuleSettings
{
    [Template("scp.defaults.field-rule")]
    public IReadOnlyList<FieldRuleEntry> Request { get; init; } = [];

    [Template("scp.defaults.field-rule")]
    public IReadOnlyList<FieldRuleEntry> Response { get; init; } = [];
}

/// <summary>One rule as written: exactly one of Add, Set, Remove, Rename holds the name of a field.</summary>
public sealed record FieldRuleEntry
{
    /// <summary>Adds a line with <see cref="Value"/>, beside those that are there.</summary>
    public string? Add { get; init; }

    /// <summary>Replaces all lines of that name by one with <see cref="Value"/>.</summary>
    public string? Set { get; init; }

    /// <summary>Removes all lines of that name.</summary>
    public string? Remove { get; init; }

    /// <summary>Gives all lines of that name the name <see cref="To"/>, after removing lines that have it already.</summary>
    public string? Rename { get; init; }

    public string? To { get; init; }

    /// <summary>A template: see <see cref="FieldTemplate"/>.</summary>
    public string? Value { get; init; }
}
