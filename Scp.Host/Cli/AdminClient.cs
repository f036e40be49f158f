using System.Net;
using System.Net.Sockets;

namespace Scp.Host.Cli;

/// <summary>Calls the admin endpoint of a running proxy on behalf of a command, and turns its answer into output and exit code.</summary>
internal static class AdminClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="method">Of the call.</param>
    /// <param name="admin">Where the admin endpoint listens, e.g. "http://127.0.0.1:9090".</param>
    /// <param name="target">Path and query.</param>
    /// <param name="output">Takes what it answered.</param>
    /// <param name="error">Takes why it did not.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<int> CallAsync(
        HttpMethod method, Uri admin, string target, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }; // it refuses what came through a proxy
        using var client = new HttpClient(handler) { Timeout = Patience };
        using var request = new HttpRequestMessage(method, new Uri(admin, target));
        try
        {
            using var response = await client.SendAsync(request, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            await (response.IsSuccessStatusCode ? output : error).WriteAsync(text.AsMemory(), cancellation);
            return CodeOf(response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            await error.WriteLineAsync($"The admin endpoint {admin} cannot be reached: {e.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await error.WriteLineAsync($"The admin endpoint {admin} did not answer within {Patience.TotalSeconds} s.");
        }

        return ExitCode.Failure;
    }

    private static int CodeOf(HttpStatusCode status) => (int)status switch
    {
        < 300 => ExitCode.Success,
        400 or 404 => ExitCode.InvalidConfiguration,
        _ => ExitCode.Failure,
    };
}
