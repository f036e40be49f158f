using System.Net.Sockets;
using Scp.Actors.Connections;
using Scp.Host.Hocon;

namespace Scp.Host;

/// <summary>An address that could not be opened.</summary>
/// <param name="Key">Elements of the configuration key that names it.</param>
internal sealed record ListenFailure(IReadOnlyList<string> Key, string Address, string Reason)
{
    public static ListenFailure Of(BindFailed failed) => new(["scp", "listeners", failed.Listener, "bind"], failed.Address, failed.Reason);

    /// <summary>Of an embedded web server, which wraps the cause.</summary>
    public static ListenFailure Of(string section, string key, string address, Exception cause)
    {
        var inner = cause;
        while (inner is not SocketException && inner.InnerException is { } next) inner = next;
        var reason = inner is SocketException socket ? ListenerSocket.Explain(socket) : cause.Message;
        return new ListenFailure(["scp", section, key], address, reason);
    }

    /// <summary>As an error of the configuration, at the place where the address was written.</summary>
    public ConfigError At(HoconObject root)
    {
        HoconValue place = root;
        foreach (var key in Key)
        {
            if (place is not HoconObject here || !here.TryGet(key, out var field)) break;
            place = field.Value;
        }

        return new ConfigError(place.Origin, string.Join('.', Key), $"cannot listen on {Address}: {Reason}");
    }
}

/// <summary>A listener or demo origin could not be opened: the proxy does not start with less than it was told to.</summary>
internal sealed class ListenFailedException(IReadOnlyList<ListenFailure> failures) : Exception("An address could not be opened.")
{
    public IReadOnlyList<ListenFailure> Failures { get; } = failures;
}
