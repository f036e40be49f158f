using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Resolution;

/// <summary>
/// Lays the syntax trees of all layers over one another: afterwards every path knows its definitions in order, and
/// nothing has been resolved yet, so a substitution sees what later layers say.
/// </summary>
internal sealed class SlotBuilder
{
    private int sequence;
    private int sources;

    public Slot Root { get; } = new(null, "");

    public void Add(SyntaxObject content)
    {
        if (Root.Definitions.Count == 0)
            Root.Add(new Definition(sequence++, 0, DefinitionKind.Object, content.Origin, content.Origin, null));
        AddMembers(Root, content, ++sources);
    }

    private void AddMembers(Slot slot, SyntaxObject content, int source)
    {
        foreach (var member in content.Members)
        {
            if (member is SyntaxInclusion inclusion) AddMembers(slot, inclusion.Content, ++sources);
            else if (member is SyntaxField field) AddField(slot, field, source);
        }
    }

    private void AddField(Slot slot, SyntaxField field, int source)
    {
        for (var i = 0; i < field.Path.Length - 1; i++)
        {
            slot = slot.Child(field.Path[i]);
            slot.Add(new Definition(sequence, sequence++, DefinitionKind.Object, field.Origin, field.Origin, null)
                { IsWhole = false, Source = source });
        }
        slot = slot.Child(field.Path[^1]);
        var parts = field.Value.Parts;
        if (!field.Appends && parts.Exists(part => part is SyntaxObject) && parts.TrueForAll(IsObjectLike))
            AddObjects(slot, field, source);
        else
            AddValue(slot, field, source);
    }

    /// <summary><c>a = ${base} { b = 1 } { c = 2 }</c> is the same as three settings of <c>a</c>, merged in order.</summary>
    private void AddObjects(Slot slot, SyntaxField field, int source)
    {
        var floor = sequence;
        foreach (var part in field.Value.Parts)
        {
            if (part is SyntaxObject literal)
            {
                slot.Add(new Definition(sequence++, floor, DefinitionKind.Object, field.Origin, part.Origin, null) { Source = source });
                AddMembers(slot, literal, source);
            }
            else if (part is SyntaxSubstitution)
            {
                var value = new SyntaxValue(part.Origin, [part]);
                slot.Add(new Definition(sequence++, floor, DefinitionKind.Open, field.Origin, part.Origin, value)
                    { MustBeObject = true, Source = source });
            }
        }
    }

    private void AddValue(Slot slot, SyntaxField field, int source)
    {
        var isOpen = !field.Appends && field.Value.Parts.TrueForAll(part => part is SyntaxSubstitution or SyntaxText { IsSpace: true });
        var kind = isOpen ? DefinitionKind.Open : DefinitionKind.Replacement;
        slot.Add(new Definition(sequence, sequence++, kind, field.Origin, field.Value.Origin, field.Value)
        {
            Appends = field.Appends,
            Source = source,
        });
    }

    private static bool IsObjectLike(SyntaxPart part) => part is SyntaxObject or SyntaxSubstitution or SyntaxText { IsSpace: true };
}
