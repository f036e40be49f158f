using Scp.Host.Replay.Scenarios;

namespace Scp.Host.Replay.Network;

/// <summary>One request of a virtual client, from the moment it wants to send it.</summary>
/// <param name="At">Ticks.</param>
/// <param name="Script">What is asked for.</param>
/// <param name="Key">The value of {key}.</param>
internal sealed record ClientRequest(long At, RequestScript Script, int Key)
{
    public bool IsHead => Script.Method == "HEAD";

    public string Text
    {
        get
        {
            var head = $"{Script.Method} {Filled(Script.Path)} HTTP/1.1\r\nHost: {Script.Host}\r\n";
            foreach (var (name, value) in Script.Fields) head += $"{name}: {Filled(value)}\r\n";
            if (Script.Content > 0) head += $"Content-Length: {Script.Content}\r\n";
            return $"{head}\r\n{new string('.', Script.Content)}";
        }
    }

    private string Filled(string template) =>
        template.Contains("{key}", StringComparison.Ordinal) ? template.Replace("{key}", Key.ToString(), StringComparison.Ordinal) : template;
}

/// <summary>Why a client got no answer.</summary>
internal enum NoAnswer
{
    None,

    /// <summary>The connection ended before the answer was complete.</summary>
    Cut,

    /// <summary>It did not come within the client's patience.</summary>
    TimedOut,
}

/// <summary>Hears what the clients see.</summary>
internal interface IClientObserver
{
    /// <param name="request">The request.</param>
    /// <param name="status">The status of the answer, 0 for none.</param>
    /// <param name="backend">Who answered; null for the proxy itself.</param>
    /// <param name="reason">Why there is no answer.</param>
    void OnEnded(ClientRequest request, int status, string? backend, NoAnswer reason);
}
