namespace Scp.Tests.Support;

/// <summary>Polls until something holds, for what another thread does.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    public static void Holds(Func<bool> condition, string otherwise = "It did not hold within 15 seconds.") =>
        Assert.True(SpinWait.SpinUntil(condition, Deadline), otherwise);
}
