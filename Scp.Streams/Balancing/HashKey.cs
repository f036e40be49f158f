using System.Text;
using Scp.Streams.Messages;

namespace Scp.Streams.Balancing;

/// <summary>Which part of a request is hashed (scp.pools.*.hash.key).</summary>
public enum HashKeySource
{
    /// <summary>The client's address, without port.</summary>
    ClientAddress,

    /// <summary>The value of the first field line with a name.</summary>
    Header,

    /// <summary>The value of a cookie.</summary>
    Cookie,

    /// <summary>The path as it is forwarded.</summary>
    Path,

    /// <summary>The value of a query parameter as written, or the whole query.</summary>
    Query,
}

/// <summary>
/// Computes the key of a request for policies that hash. A request that lacks the part, or has it empty, gets a random key: it would else
/// go, with all others of its kind, to one and the same backend.
/// </summary>
/// <param name="source">The part that is hashed.</param>
/// <param name="name">Name of the field, cookie or query parameter; empty for the whole query.</param>
public sealed class HashKey(HashKeySource source, string name)
{
    private readonly byte[] _name = Encoding.Latin1.GetBytes(name);
    private readonly KnownField _known = FieldNames.Recognise(Encoding.Latin1.GetBytes(name));

    public HashKeySource Source { get; } = source;

    public string Name { get; } = name;

    public ulong Of(RequestHead request, PickRandom random)
    {
        var part = Source switch
        {
            HashKeySource.ClientAddress => ClientOf(request),
            HashKeySource.Header => FieldOf(request.Fields),
            HashKeySource.Cookie => CookieOf(request.Fields),
            HashKeySource.Path => request.PathBytes,
            _ => _name.Length == 0 ? request.QueryBytes : ParameterOf(request.QueryBytes),
        };
        return part.IsEmpty ? random.Next() : StableHash.Of(part);
    }

    /// <summary>Clients of a unix socket have no address that would tell them apart.</summary>
    private static ReadOnlySpan<byte> ClientOf(RequestHead request) =>
        request.Exchange.Connection is { RemoteAddress: not null } connection ? connection.RemoteTextBytes : default;

    private ReadOnlySpan<byte> FieldOf(FieldSection fields)
    {
        var index = _known == KnownField.Unknown ? fields.IndexOf(_name) : fields.IndexOf(_known);
        return index < 0 ? default : fields.Value(index);
    }

    /// <summary>RFC 6265 4.2: pairs separated by ";", names compared with case. HTTP/2 may spread them over several lines.</summary>
    private ReadOnlySpan<byte> CookieOf(FieldSection fields)
    {
        for (var i = fields.IndexOf(KnownField.Cookie); i >= 0; i = fields.IndexOf(KnownField.Cookie, i + 1))
        {
            var value = ValueOf(fields.Value(i), (byte)';');
            if (!value.IsEmpty) return value;
        }

        return default;
    }

    private ReadOnlySpan<byte> ParameterOf(ReadOnlySpan<byte> query) => ValueOf(query, (byte)'&');

    /// <summary>The value of the first pair with the name that is not empty.</summary>
    private ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> pairs, byte separator)
    {
        while (!pairs.IsEmpty)
        {
            var end = pairs.IndexOf(separator);
            var pair = (end < 0 ? pairs : pairs[..end]).Trim((byte)' ');
            pairs = end < 0 ? default : pairs[(end + 1)..];
            if (pair.Length > _name.Length + 1 && pair[_name.Length] == '=' && pair.StartsWith(_name)) return pair[(_name.Length + 1)..];
        }

        return default;
    }
}
