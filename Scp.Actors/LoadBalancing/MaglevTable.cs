using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// Fills the table of Maglev: every backend has an order of preference over all places, and they take turns, as often as their weights
/// say, each taking its next place that is free.
/// </summary>
internal static class MaglevTable
{
    /// <summary>A prime, so that every step goes through all places; the paper's own for some hundred backends.</summary>
    public const int Size = 65_537;

    public static int PlaceOf(ulong key) => (int)(((key >> 32) * Size) >> 32);

    /// <remarks>
    /// The share of a backend is a whole number of places: off by at most one place, 0.0015 % of the keys, but never less than one. With
    /// more than 65,537 backends the last of the turns get none.
    /// </remarks>
    public static int[] Build(CandidateSet candidates)
    {
        var table = new int[Size];
        Array.Fill(table, -1);
        var turns = Preferences(candidates);
        var heaviest = candidates.Weights.Max();
        var taken = 0;
        for (long round = 0; ; round++)
        {
            for (var i = 0; i < turns.Length; i++)
            {
                ref var turn = ref turns[i];
                if (round * turn.Weight < turn.Due) continue;
                turn.Due += heaviest;
                while (table[turn.Place] >= 0) turn.Next();
                table[turn.Place] = turn.Candidate;
                if (++taken == Size) return table;
            }
        }
    }

    /// <summary>In the order of their hashes, so that the order of the configuration does not matter.</summary>
    private static Preference[] Preferences(CandidateSet candidates)
    {
        var preferences = new Preference[candidates.Count];
        var order = new ulong[candidates.Count];
        for (var i = 0; i < preferences.Length; i++)
        {
            order[i] = StableHash.Of(candidates.Backends[i].Name);
            preferences[i] = new Preference
            {
                Candidate = i,
                Weight = candidates.Weights[i],
                Place = (int)(StableHash.Nth(order[i], 0) % Size),
                Step = (int)(StableHash.Nth(order[i], 1) % (Size - 1)) + 1,
            };
        }

        Array.Sort(order, preferences);
        return preferences;
    }

    private struct Preference
    {
        public int Candidate;
        public int Weight;
        public int Place;
        public int Step;

        /// <summary>Rounds x weight at which the next turn is due, in units of the heaviest weight.</summary>
        public long Due;

        public void Next()
        {
            Place += Step;
            if (Place >= Size) Place -= Size;
        }
    }
}
