using System.Net;

namespace Scp.Actors.Connections;

/// <summary>A list of networks such as "10.0.0.0/8" or "::1"; "unix" stands for peers on unix sockets.</summary>
public sealed class Networks
{
    private readonly IPNetwork[] _networks;
    private readonly bool _unix;

    private Networks(IPNetwork[] networks, bool unix)
    {
        _networks = networks;
        _unix = unix;
    }

    public static bool TryParse(IReadOnlyList<string> texts, out Networks networks, out string wrong)
    {
        var parsed = new List<IPNetwork>();
        wrong = "";
        networks = new Networks([], false);
        foreach (var text in texts.Where(t => t != "unix"))
        {
            var whole = text.Contains('/') ? text : $"{text}/{(text.Contains(':') ? 128 : 32)}";
            if (!IPNetwork.TryParse(whole, out var network))
            {
                wrong = text;
                return false;
            }

            parsed.Add(network);
        }

        networks = new Networks([.. parsed], texts.Contains("unix"));
        return true;
    }

    /// <summary>Networks that were validated before.</summary>
    /// <exception cref="FormatException">One of them is not a network.</exception>
    public static Networks Parse(IReadOnlyList<string> texts) =>
        TryParse(texts, out var networks, out var wrong) ? networks : throw new FormatException($"\"{wrong}\" is not a network.");

    public bool Contains(EndPoint peer)
    {
        if (peer is not IPEndPoint { Address: var address }) return _unix;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in _networks)
            if (network.Contains(address)) return true;
        return false;
    }
}
