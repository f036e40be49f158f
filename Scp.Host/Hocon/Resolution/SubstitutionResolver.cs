using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Resolution;

/// <summary>Looks a path up below the place of its include, then from the root, then in the environment.</summary>
internal sealed class SubstitutionResolver(Resolver resolver, DefinitionResolver definitions, Func<string, string?> environment,
    ConfigErrors errors)
{
    /// <summary>Null for an optional path that leads nowhere.</summary>
    public HoconValue? Resolve(SyntaxSubstitution substitution)
    {
        var lookBacks = definitions.LookBacks;
        var value = Find(substitution);
        if (value is not null) return value;
        if (environment(string.Join('.', substitution.Path)) is { } text) return HoconScalar.FromString(substitution.Origin, text);
        if (substitution.IsOptional) return null;
        var name = PathText.Join(substitution.Path);
        errors.Add(substitution.Origin, definitions.CurrentPath, definitions.LookBacks > lookBacks
            ? $"{substitution} refers to itself and there is no earlier value: {definitions.CloseCycle()}"
            : $"{substitution} is defined neither in the configuration nor in the environment; "
                + $"define it, or write ${{?{name}}} if it may be missing");
        return new HoconInvalid(substitution.Origin);
    }

    private HoconValue? Find(SyntaxSubstitution substitution)
    {
        var below = substitution.Prefix.Length == 0 ? null : resolver.Find([.. substitution.Prefix, .. substitution.Path]);
        return below ?? resolver.Find(substitution.Path);
    }
}
