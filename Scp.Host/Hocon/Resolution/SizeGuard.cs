using System.Collections.Immutable;

namespace Scp.Host.Hocon.Resolution;

/// <summary>
/// Builds composite values and refuses those that grow too large: each substitution may double what the one before it
/// stands for. Counts what one value would print and what all of them together take in memory.
/// </summary>
internal sealed class SizeGuard(HoconLimits limits, ConfigErrors errors)
{
    private long produced;

    public HoconValue Text(Origin origin, IReadOnlyList<string> pieces) =>
        CanProduce(origin, pieces.Sum(piece => (long)piece.Length))
            ? HoconScalar.FromString(origin, string.Concat(pieces))
            : new HoconInvalid(origin);

    public HoconValue List(Origin origin, List<HoconValue> items) =>
        CanProduce(origin, 8L * items.Count) ? Checked(new HoconArray(origin, [.. items])) : new HoconInvalid(origin);

    public HoconValue Object(Origin origin, IEnumerable<HoconField> fields, int count) =>
        CanProduce(origin, 64L * count) ? Checked(new HoconObject(origin, fields)) : new HoconInvalid(origin);

    public HoconValue Merge(HoconObject under, HoconObject over) =>
        CanProduce(over.Origin, under.Weight + over.Weight) ? Checked(HoconObject.Merge(under, over)) : new HoconInvalid(over.Origin);

    private HoconValue Checked(HoconValue value)
    {
        if (value.Depth > limits.Nesting + 2)
            errors.Add(value.Origin, "", $"substitutions nest this value more than {limits.Nesting} levels deep");
        else if (value.Weight > limits.ExpandedSize)
            errors.Add(value.Origin, "", $"substitutions make this value larger than {limits.ExpandedSize} characters");
        else
            return value;
        return new HoconInvalid(value.Origin);
    }

    private bool CanProduce(Origin origin, long cost)
    {
        if (produced + cost <= 4 * limits.ExpandedSize)
        {
            produced += cost;
            return true;
        }
        errors.Add(origin, "", "the values of the configuration, after substitution, take too much memory");
        return false;
    }
}
