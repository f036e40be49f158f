using System.Buffers;
using System.Net;
using Scp.Actors.Routing;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Actors.Health;

/// <summary>What a probe came to.</summary>
/// <param name="Failure">Why it failed; null when it passed.</param>
internal readonly record struct ProbeVerdict(string? Failure)
{
    public static readonly ProbeVerdict Passed = new(null);
}

/// <summary>The response to an HTTP probe, as far as it is needed for a verdict. Read as strictly as one that is forwarded.</summary>
internal sealed class ProbeResponse
{
    private static readonly ClientConnectionInfo Nobody = ClientConnectionInfo.Create(
        0, "health-check", NoAddress.Instance, NoAddress.Instance, NoAddress.Instance, isTrustedProxy: false);

    /// <summary>Enough for any health endpoint.</summary>
    private static readonly LimitSettings Limits = new()
    {
        RequestLine = 8192, RequestHead = 32768, FieldLine = 16384, FieldCount = 100, RequestContent = 0, DiscardedContent = 0,
        RequestsPerConnection = 1, Trailers = 8192, ChunkExtensions = 4096, ResponseHead = 65536, ResponseFieldCount = 200,
        InterimResponses = 16,
    };

    private readonly ProbeTerms _terms;
    private readonly ResponseReader _reader;
    private readonly ArrayBufferWriter<byte>? _content;
    private bool _isComplete;

    public ProbeResponse(ProbeTerms terms)
    {
        _terms = terms;
        Exchange = new Exchange(Nobody, NoEdge.Instance);
        _reader = new ResponseReader(Exchange, Limits);
        _content = terms.Body is null ? null : new ArrayBufferWriter<byte>(1024);
        _reader.Attach(null);
    }

    public Exchange Exchange { get; }

    public (IoBuffer Buffer, int Offset) PrepareReceive() => _reader.PrepareReceive();

    public void Received(int bytes) => _reader.Received(bytes);

    /// <summary>The verdict as soon as what has come allows one.</summary>
    public ProbeVerdict? Read()
    {
        while (true)
        {
            var part = _reader.Read(out var error);
            if (error != ProxyError.None) return new ProbeVerdict(ErrorTable.Of(error).Explanation);
            if (part is null) return null;
            if (Take(part) is { } verdict) return verdict;
        }
    }

    /// <summary>The backend has closed: the verdict.</summary>
    public ProbeVerdict AtEndOfStream()
    {
        var end = _reader.ReadEndOfStream(out var error);
        return end is null ? new ProbeVerdict(ErrorTable.Of(error).Explanation) : JudgeContent();
    }

    public void Release() => _reader.Detach()?.Release();

    private ProbeVerdict? Take(ResponsePart part)
    {
        switch (part)
        {
            case ResponseHead head:
                var (status, isInterim) = (head.Status, head.IsInterim);
                Keep(head.Content);
                _isComplete = head.EndsMessage;
                head.Fields.Release();
                if (isInterim) return null;
                if (!_terms.Statuses.Contains(status)) return new ProbeVerdict($"the status is {status}");
                break;
            case ResponseContent content:
                Keep(content.Content);
                _isComplete = content.EndsMessage;
                break;
            case ResponseEnd end:
                end.Trailers?.Release();
                _isComplete = true;
                break;
        }

        return _content is null || _isComplete || _content.WrittenCount >= _terms.BodyLimit ? JudgeContent() : null;
    }

    private void Keep(ContentSlice content)
    {
        if (_content is not null) _content.Write(content.Span[..Math.Min(content.Length, _terms.BodyLimit - _content.WrittenCount)]);
        Exchange.GrantResponseCredit(content.Length);
        content.Release();
    }

    private ProbeVerdict JudgeContent() =>
        _terms.Body is null || SafeRegex.IsMatch(_terms.Body, _content!.WrittenSpan)
            ? ProbeVerdict.Passed : new ProbeVerdict("the content is not what is expected");

    private sealed class NoEdge : IExchangeEdge
    {
        public static readonly NoEdge Instance = new();

        public void OnCredit(Exchange exchange)
        {
        }
    }

    /// <summary>Probes are made for no client: PROXY headers say UNKNOWN or LOCAL.</summary>
    private sealed class NoAddress : EndPoint
    {
        public static readonly NoAddress Instance = new();
    }
}
