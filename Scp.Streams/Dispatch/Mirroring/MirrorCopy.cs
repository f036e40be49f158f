using Scp.Streams.Balancing;
using Scp.Streams.Connections;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch.Mirroring;

/// <summary>A request while it is copied: on the graph's thread, until it is complete.</summary>
public sealed class MirrorCopy
{
    private readonly Mirror _mirror;
    private readonly ClientConnection _connection;
    private readonly Exchange _copy;
    private readonly ulong _key;
    private IoBuffer? _content;
    private int _length;

    internal MirrorCopy(Mirror mirror, RequestHead head, ClientConnection connection)
    {
        _mirror = mirror;
        _connection = connection;
        _key = mirror.Pool.Current.KeyOf(head, connection.Random);
        Original = head.Exchange;
        _copy = new Exchange(InfoOf(connection.Info), NoEdge.Instance) { Snapshot = Original.Snapshot };
        var copy = _copy.Request;
        head.Fields.CopyTo(copy.Fields);
        (copy.Method, copy.MethodToken, copy.Target, copy.Version) = (head.Method, head.MethodToken, head.Target, head.Version);
        copy.Framing = head.Framing;
        copy.Fields.Remove("X-Mirrored-By"u8);
        copy.Fields.Add("X-Mirrored-By"u8, Original.Snapshot.Forwarding.Pseudonym);
    }

    /// <summary>What is copied.</summary>
    public Exchange Original { get; }

    /// <summary>Copies what a part carries; false when nothing more is wanted: the copy is on its way, or was given up.</summary>
    public bool Add(RequestPart part) => part switch
    {
        RequestHead head => AddContent(head.Content, head.EndsMessage),
        RequestContent content => AddContent(content.Content, content.EndsMessage),
        RequestEnd => Send(),
        _ => Drop(MirrorOutcome.Incomplete),
    };

    /// <summary>Gives up a copy that is not complete.</summary>
    public bool Drop(MirrorOutcome outcome)
    {
        _copy.Request.Fields.Release();
        _content?.Release();
        _content = null;
        _mirror.Load.End(outcome);
        return false;
    }

    private bool AddContent(ContentSlice content, bool endsMessage)
    {
        if (_length + content.Length > _mirror.Settings.MaxContent) return Drop(MirrorOutcome.TooLarge);
        if (!content.IsEmpty)
        {
            Reserve(_length + content.Length);
            content.Span.CopyTo(_content!.Span[_length..]);
            _length += content.Length;
        }

        return !endsMessage || Send();
    }

    private bool Send()
    {
        var pool = _mirror.Pool.Current;
        var silent = default(SilentPick);
        var pick = BackendDecision.Pick(
            pool, new PickRequest(_key, null, null), default, _connection.Clock.Now, _connection.Random, ref silent);
        if (pick.Standing is not { } standing || !TryReserve(pool, standing)) return Drop(MirrorOutcome.NoBackend);
        SetLength();
        RequestSender.PrepareHead(_copy.Request, standing.Backend, _mirror.SendsBackendHost);
        var content = _content is null ? default : new ContentSlice(_content, 0, _length);
        _content = null;
        new MirrorExchange(_mirror, pool, standing, _connection.Connector, _connection.Clock, _copy, content).Start();
        return false;
    }

    private static bool TryReserve(PoolSnapshot pool, BackendStanding standing)
    {
        if (!pool.Load.TryStart()) return false;
        if (standing.Backend.TryStart(standing.RequestLimit)) return true;
        pool.Load.ExchangeEnded(null);
        return false;
    }

    /// <summary>All of the content is here, so it needs no chunks, and there are no trailers.</summary>
    private void SetLength()
    {
        var head = _copy.Request;
        if (head.Framing == BodyFraming.None && _length == 0) return;
        head.Fields.Remove(KnownField.ContentLength);
        head.Fields.Remove(KnownField.Trailer);
        head.Framing = BodyFraming.Length;
        head.ContentLength = _length;
        Span<byte> digits = stackalloc byte[11];
        _length.TryFormat(digits, out var written);
        head.Fields.Add(KnownField.ContentLength, digits[..written]);
    }

    private void Reserve(int size)
    {
        if (_content is { } enough && enough.Capacity >= size) return;
        var larger = BufferPool.Shared.Rent(Math.Min(_mirror.Settings.MaxContent, Math.Max(size, 2 * _length)));
        if (_content is { } outgrown)
        {
            outgrown.Span[.._length].CopyTo(larger.Span);
            outgrown.Release();
        }

        _content = larger;
    }

    /// <summary>The copy is no exchange of the client's connection; it only comes from the same client.</summary>
    private static ClientConnectionInfo InfoOf(ClientConnectionInfo client) => new()
    {
        Id = client.Id,
        Listener = client.Listener,
        Remote = client.Remote,
        Local = client.Local,
        Peer = client.Peer,
        IsTrustedProxy = client.IsTrustedProxy,
        IsTls = client.IsTls,
    };

    private sealed class NoEdge : IExchangeEdge
    {
        public static readonly NoEdge Instance = new();

        public void OnCredit(Exchange exchange)
        {
        }
    }
}
