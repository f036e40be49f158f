using System.Globalization;
using System.Net;
using System.Net.Sockets;

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
            if (!TryParse(text, out var network))
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

    /// <summary>
    /// An address, or an address and a prefix with no bit set behind it: "10.0.0.1/8" is more likely a mistake than a way to write
    /// "10.0.0.0/8", and these lists decide who is believed.
    /// </summary>
    private static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/');
        var part = slash < 0 ? text : text.AsSpan(0, slash);
        var isMapped = false;
        if (!EndPointText.TryParseV4(part, out var address))
        {
            if (part.Contains('%') || !EndPointText.TryParseV6(part, out address)) return false;
            isMapped = address.AddressFamily == AddressFamily.InterNetwork; // peers are unmapped too before they are compared
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0)
        {
            if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)) return false;
            if (isMapped) length -= 96;
        }

        return length >= 0 && length <= bits
            && IPNetwork.TryParse($"{address}/{length}", out network) && network.BaseAddress.Equals(address);
    }

    public bool Contains(EndPoint peer)
    {
        if (peer is not IPEndPoint { Address: var address }) return _unix;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in _networks)
            if (network.Contains(address)) return true;
        return false;
    }
}
