using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>Where in the pipeline a filter chain stands.</summary>
public enum FilterPosition : byte
{
    /// <summary>On the client side of the cache: sees every exchange.</summary>
    Downstream,

    /// <summary>On the origin side of the cache: sees only what is forwarded, and what it changes gets stored.</summary>
    Upstream,
}

/// <summary>Which way a part goes.</summary>
public enum FilterDirection : byte
{
    Request,
    Response,
}

/// <summary>What a filter gets to know of the exchange that it is called for.</summary>
public readonly struct FilterContext
{
    private readonly FilterExchange _chain;
    private readonly int _index;

    internal FilterContext(FilterExchange chain, int index)
    {
        _chain = chain;
        _index = index;
    }

    public Exchange Exchange => _chain.Exchange;

    public FilterPosition Position => _chain.Position;

    /// <summary>What this filter remembers of this exchange: its own slot, shared by both directions.</summary>
    public object? State
    {
        get => _chain.States[_index];
        set => _chain.States[_index] = value;
    }

    /// <summary>
    /// The response of the verdict Respond, made at the first use: the filter sets status, fields and content, the chain the framing.
    /// </summary>
    public ResponseHead LocalResponse => _chain.LocalResponse;
}
