using System.Runtime.CompilerServices;
using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Resolution;

/// <summary>
/// Turns slots into values. Reading goes backwards from the newest definition and stops at the first that replaces
/// all before it, so hidden definitions are never resolved. Meeting a definition that is being resolved means looking
/// back: only what was said before it counts. When nothing was, that is a cycle.
/// </summary>
internal sealed class Resolver
{
    private readonly HoconLimits limits;
    private readonly ConfigErrors errors;
    private readonly SizeGuard size;
    private readonly DefinitionResolver definitions;
    private long steps;
    private bool hasGivenUp;

    public Resolver(Slot root, Func<string, string?> environment, HoconLimits limits, ConfigErrors errors)
    {
        Root = root;
        this.limits = limits;
        this.errors = errors;
        size = new SizeGuard(limits, errors);
        definitions = new DefinitionResolver(this, environment, limits, size, errors);
    }

    public Slot Root { get; }

    /// <summary>First elements of the paths that substitutions looked up: keys outside the known sections are fine when used.</summary>
    public HashSet<string> ReferencedRoots { get; } = new(StringComparer.Ordinal);

    /// <summary>The whole configuration; null when it is too large, which has been reported.</summary>
    public HoconObject? Resolve() => Resolve(Root, -1, int.MaxValue, []) as HoconObject;

    /// <summary>The value of a slot as told by the definitions after one sequence number and before another; null when undefined.</summary>
    public HoconValue? Resolve(Slot slot, int after, int before, List<Inherited> inherited)
    {
        if (!CanContinue(slot)) return new HoconInvalid(default);
        var view = Look(slot, after, before, inherited, skipBelow: -1);
        return view.IsObject ? Assemble(slot, view) : view.Value;
    }

    /// <summary>The value at a path, for a substitution; null when undefined.</summary>
    public HoconValue? Find(string[] path)
    {
        ReferencedRoots.Add(path[0]);

        // Whatever was said before the target's last replacement cannot matter, so enclosing substitutions that are
        // older than it need not be resolved: this is what lets an object refer to its own keys. Not so when a key refers
        // to itself or below (foo = ${foo.a}): that always looks back.
        var skipBelow = definitions.IsWithinOwnPath(path) ? -1 : LastReplacement(path);
        var slot = Root;
        int after = -1, before = int.MaxValue;
        List<Inherited> inherited = [];
        foreach (var key in path)
        {
            var view = Look(slot, after, before, inherited, skipBelow);
            if (!view.IsObject) return view.Value as HoconInvalid;
            (after, before, inherited) = (view.After, view.Before, view.InheritedBy(key));
            slot = slot.Find(key) ?? Slot.Nothing;
        }
        return Resolve(slot, after, before, inherited);
    }

    private int LastReplacement(string[] path)
    {
        var slot = Root;
        foreach (var key in path)
        {
            if (slot.Find(key) is not { } child) return -1;
            slot = child;
        }
        return slot.Newest(DefinitionKind.Replacement)?.Sequence ?? -1;
    }

    private ObjectView Look(Slot slot, int after, int before, List<Inherited> inherited, int skipBelow)
    {
        var look = new BackwardLook(slot, after, before, inherited, skipBelow);
        while (look.Next() is { } step)
        {
            steps++;
            if (step.Inherited is { } brought)
            {
                if (look.Bring(step.Sequence, brought.Value)) return ObjectView.Of(brought.Value);
                continue;
            }
            var definition = step.Definition!;
            if (definition.IsActive)
            {
                definitions.NoteLookBack(definition);
                look.ForgetFrom(definition.Floor);
            }
            else if (definition.Kind == DefinitionKind.Object)
            {
                look.MeetObject(definition);
            }
            else if (definition.Kind == DefinitionKind.Replacement && look.HasObject)
            {
                look.StopAt(definition.Sequence);
            }
            else if (IsIdentity(definition, slot))
            {
                look.SkipIdentity(definition);
            }
            else
            {
                var value = definitions.Resolve(definition, slot);
                if (value is not null && look.Bring(definition.Sequence, value)) return ObjectView.Of(value);
            }
        }
        if (look.HasObject) return look.AsObject();
        return look.Identity is { } identity ? ObjectView.Of(definitions.Resolve(identity, slot)) : ObjectView.Of(null);
    }

    private HoconValue Assemble(Slot slot, ObjectView view)
    {
        var fields = new List<(int Sequence, HoconField Field)>();
        foreach (var key in KeysOf(slot, view))
        {
            var child = slot.Find(key) ?? Slot.Nothing;
            var inherited = view.InheritedBy(key);
            var value = Resolve(child, view.After, view.Before, inherited);
            if (value is null && child.Definitions.FirstOrDefault(definition => definition.IsActive) is { } active)
            {
                errors.Add(active.Origin, PathText.Join(child.Path()), "refers to an object that contains it");
                value = new HoconInvalid(active.Origin);
            }
            if (value is null) continue;
            var (first, keyOrigin) = PlaceOf(child, view, inherited);
            fields.Add((first, new HoconField(key, keyOrigin, value)));
        }
        return size.Object(view.Origin, fields.OrderBy(field => field.Sequence).Select(field => field.Field), fields.Count);
    }

    /// <summary><c>a = ${a}</c>, or the first part of <c>a = ${a} { … }</c>.</summary>
    private bool IsIdentity(Definition definition, Slot slot) =>
        definition is { Kind: DefinitionKind.Open, Value.Parts: [SyntaxSubstitution substitution] }
        && definition.Floor == definition.Sequence
        && slot.Top == Root
        && slot.Path().AsSpan().SequenceEqual(substitution.Path);

    private static IEnumerable<string> KeysOf(Slot slot, ObjectView view)
    {
        var own = slot.Children.Select(child => child.Key);
        if (view.Brought.Count == 0) return own;
        return own.Concat(view.Brought.SelectMany(brought => brought.Content.Fields).Select(field => field.Key)).Distinct();
    }

    /// <summary>A key stands where it was first defined, and its origin is where it was defined last.</summary>
    private static (int First, Origin Key) PlaceOf(Slot child, ObjectView view, List<Inherited> inherited)
    {
        int first = int.MaxValue, last = -1;
        Origin origin = default;
        foreach (var field in inherited)
        {
            first = Math.Min(first, field.Sequence);
            (last, origin) = (field.Sequence, field.Field.KeyOrigin);
        }
        var from = child.IndexFrom(view.After + 1);
        var to = child.IndexFrom(view.Before) - 1;
        if (from <= to)
        {
            first = Math.Min(first, child.Definitions[from].Sequence);
            if (child.Definitions[to].Sequence > last) origin = child.Definitions[to].KeyOrigin;
        }
        return (first, origin);
    }

    /// <summary>False, with one error, when resolution has gone on for too long or too deep; all values are invalid from then on.</summary>
    public bool CanContinue(Slot slot)
    {
        if (!hasGivenUp && ++steps <= limits.ResolutionSteps && RuntimeHelpers.TryEnsureSufficientExecutionStack()) return true;
        if (hasGivenUp) return false;
        hasGivenUp = true;
        var origin = slot.Definitions.Count > 0 ? slot.Definitions[^1].Origin : Root.Definitions[0].Origin;
        errors.Add(origin, "", "resolving the substitutions takes too many steps or nests too deeply; simplify them");
        return false;
    }
}
