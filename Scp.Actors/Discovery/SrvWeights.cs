namespace Scp.Actors.Discovery;

/// <summary>
/// Weights of SRV records, 0 to 65535, as weights of backends, 1 to 1000. 0 is "a very small chance" (RFC 2782), not none, so it
/// becomes 1.
/// </summary>
public static class SrvWeights
{
    private const int Most = 1000;

    /// <param name="weight">Of one record.</param>
    /// <param name="largest">Of all records.</param>
    public static int Scale(int weight, int largest) =>
        Math.Max(1, largest <= Most ? weight : (int)Math.Round((double)weight * Most / largest));
}
