namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>What the admin endpoint of a proxy says.</summary>
internal static class AdminText
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until an answer contains a text.</summary>
    public static async Task UntilAsync(RunningProxy proxy, string path, string text)
    {
        using var client = new HttpClient { BaseAddress = proxy.Admin };
        using var patience = new CancellationTokenSource(Patience);
        var said = "";
        try
        {
            while (!(said = await client.GetStringAsync(path, patience.Token)).Contains(text, StringComparison.Ordinal))
                await Task.Delay(20, patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{path} did not say \"{text}\" within {Patience.TotalSeconds} s, but:\n{said}");
        }
    }

    /// <summary>Waits until one transition is in the database.</summary>
    public static Task UntilSavedAsync(RunningProxy proxy) => UntilAsync(proxy, "/metrics", "scp_persistence_writes_total 1\n");
}
