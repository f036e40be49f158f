using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Resolution;

/// <summary>
/// Resolves single definitions and remembers them. A value found while looking back depends on where the search
/// began, so it is remembered only when the look back stayed within the definition itself.
/// </summary>
internal sealed class DefinitionResolver
{
    private readonly Resolver resolver;
    private readonly HoconLimits limits;
    private readonly ConfigErrors errors;
    private readonly Concatenation concatenation;
    private readonly List<(Definition Definition, Slot Slot)> active = [];
    private int lowestLookBack = int.MaxValue;

    public DefinitionResolver(Resolver resolver, Func<string, string?> environment, HoconLimits limits, SizeGuard size, ConfigErrors errors)
    {
        this.resolver = resolver;
        this.limits = limits;
        this.errors = errors;
        concatenation = new Concatenation(resolver, this, new SubstitutionResolver(resolver, this, environment, errors), size, errors);
    }

    /// <summary>How often a search met a definition in the middle of its resolution.</summary>
    public int LookBacks { get; private set; }

    public void NoteLookBack(Definition definition)
    {
        LookBacks++;
        lowestLookBack = Math.Min(lowestLookBack, active.FindIndex(entry => entry.Definition == definition));
    }

    /// <summary>The key being resolved, for errors; an object inside a list has none of its own.</summary>
    public string CurrentPath => PathText.Join(active.FindLast(entry => entry.Slot.Top == resolver.Root).Slot?.Path() ?? []);

    /// <summary>True when the definition being resolved belongs to the path or to something that encloses it.</summary>
    public bool IsWithinOwnPath(string[] path) =>
        active.Count > 0 && active[^1].Slot.Top == resolver.Root && path.AsSpan().StartsWith(active[^1].Slot.Path());

    /// <summary>The value of one definition; null when all of it are optional substitutions that lead nowhere.</summary>
    public HoconValue? Resolve(Definition definition, Slot slot)
    {
        if (definition.IsResolved) return definition.Resolved;
        if (definition.IsPoisoned) return new HoconInvalid(definition.Origin);
        if (active.Count >= limits.SubstitutionChain)
        {
            errors.Add(definition.Origin, CurrentPath, $"more than {limits.SubstitutionChain} substitutions lead to one another");
            return new HoconInvalid(definition.Origin);
        }
        var outerLookBack = lowestLookBack;
        var index = active.Count;
        lowestLookBack = int.MaxValue;
        active.Add((definition, slot));
        definition.IsActive = true;
        var value = concatenation.Resolve(definition, slot);
        definition.IsActive = false;
        active.RemoveAt(index);
        if (lowestLookBack >= index)
        {
            (definition.Resolved, definition.IsResolved) = (value, true);
            lowestLookBack = int.MaxValue;
        }
        lowestLookBack = Math.Min(lowestLookBack, outerLookBack);
        return value;
    }

    /// <summary>The keys of the cycle being closed, and an end to reporting it again from another of its keys.</summary>
    public string CloseCycle()
    {
        var from = Math.Clamp(lowestLookBack, 0, active.Count - 1);
        var keys = new List<string>();
        foreach (var (definition, slot) in active.Skip(from))
        {
            definition.IsPoisoned = true;
            keys.Add(PathText.Join(slot.Path()));
        }
        keys.Add(keys[0]);
        return string.Join(" -> ", keys);
    }
}
