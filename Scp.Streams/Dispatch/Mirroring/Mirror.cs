using Scp.Streams.Connections;
using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch.Mirroring;

/// <summary>
/// Copies a share of the requests of a route to a second pool, to try a new version with real traffic. Fire and forget: nobody hears the
/// responses, and nothing that happens there reaches the client.
/// </summary>
/// <remarks>
/// A copy has the head as it goes to the first pool, Host included (unless the route sends the backend's own: then that of the mirror's
/// backend), and says so in X-Mirrored-By. Envoy changes Host instead, by "-shadow", which virtual hosts do not know.
/// It goes out when the request is complete, with a Content-Length. Upgrades and requests that expect 100 are not copied.
/// </remarks>
/// <param name="settings">Share and bounds.</param>
/// <param name="pool">The second pool.</param>
/// <param name="load">Counts the copies of the route.</param>
/// <param name="sendsBackendHost">Whether Host names the backend.</param>
public sealed class Mirror(MirrorSettings settings, PoolCell pool, MirrorLoad load, bool sendsBackendHost)
{
    public MirrorSettings Settings => settings;

    public PoolCell Pool => pool;

    public MirrorLoad Load => load;

    public bool SendsBackendHost => sendsBackendHost;

    /// <summary>
    /// Decides whether a request is copied, and begins. Call it with the head as it is about to be sent, before its content is taken.
    /// </summary>
    /// <returns>What wants to see the rest of the request; null when there is no copy, or it is complete.</returns>
    public MirrorCopy? Begin(RequestHead head, ClientConnection connection)
    {
        if (head.AsksToUpgrade || head.ExpectsContinue) return null;
        if (settings.Share < 1 && connection.Random.NextDouble() >= settings.Share) return null;
        if (head.Framing == BodyFraming.Length && head.ContentLength > settings.MaxContent)
        {
            load.Refuse(MirrorOutcome.TooLarge);
            return null;
        }

        if (!load.TryBegin(settings.MaxInFlight)) return null;
        var copy = new MirrorCopy(this, head, connection);
        return copy.Add(head) ? copy : null;
    }
}
