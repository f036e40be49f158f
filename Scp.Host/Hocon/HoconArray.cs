using System.Collections.Immutable;

namespace Scp.Host.Hocon;

public sealed class HoconArray : HoconValue, IEquatable<HoconArray>
{
    public HoconArray(Origin origin, ImmutableArray<HoconValue> items) : base(origin)
    {
        Items = items;
        Depth = 1;
        Weight = 2;
        foreach (var item in items)
        {
            Depth = Math.Max(Depth, item.Depth + 1);
            Weight += LineCost + item.Weight;
        }
    }

    public ImmutableArray<HoconValue> Items { get; }

    internal override int Depth { get; }
    internal override long Weight { get; }
    public override string Noun => "a list";

    public bool Equals(HoconArray? other) => other is not null && Items.SequenceEqual(other.Items);
    public override bool Equals(object? obj) => Equals(obj as HoconArray);
    public override int GetHashCode() => HashCode.Combine(Items.Length, Items.Length > 0 ? Items[0] : null);
}
