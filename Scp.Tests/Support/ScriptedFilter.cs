using Scp.Streams.Filters;
using Scp.Streams.Messages;

namespace Scp.Tests.Support;

/// <summary>A filter whose hooks are given by the test, and which notes what it saw.</summary>
public sealed class ScriptedFilter(string name) : HttpFilter
{
    public override string Name => name;

    public List<string> Seen { get; init; } = [];

    public Func<FilterContext, RequestHead, ValueTask<FilterVerdict>>? RequestHead { get; init; }

    public Func<FilterContext, FilterContent, ValueTask<FilterVerdict>>? RequestContent { get; init; }

    public Func<FilterContext, ResponseHead, ValueTask<FilterVerdict>>? ResponseHead { get; init; }

    public Func<FilterContext, FilterContent, ValueTask<FilterVerdict>>? ResponseContent { get; init; }

    /// <summary>Declares in both heads that the length of the content changes.</summary>
    public bool ChangesLength { get; init; }

    public override ValueTask<FilterVerdict> OnRequestHead(FilterContext context, RequestHead request)
    {
        Note("request head");
        if (ChangesLength) ChangesContent(request);
        return RequestHead?.Invoke(context, request) ?? default;
    }

    public override ValueTask<FilterVerdict> OnRequestContent(FilterContext context, FilterContent content)
    {
        Note($"request content \"{Heads.Text(content.Span)}\"{(content.EndsMessage ? " end" : "")}");
        return RequestContent?.Invoke(context, content) ?? default;
    }

    public override ValueTask<FilterVerdict> OnResponseHead(FilterContext context, ResponseHead response)
    {
        Note($"response head {response.Status}");
        if (ChangesLength) ChangesContent(response);
        return ResponseHead?.Invoke(context, response) ?? default;
    }

    public override ValueTask<FilterVerdict> OnResponseContent(FilterContext context, FilterContent content)
    {
        Note($"response content \"{Heads.Text(content.Span)}\"{(content.EndsMessage ? " end" : "")}");
        return ResponseContent?.Invoke(context, content) ?? default;
    }

    public override ValueTask<FilterVerdict> OnTrailers(FilterContext context, FieldSection trailers, FilterDirection direction)
    {
        Note($"{direction} trailers {string.Join("; ", Heads.Lines(trailers))}");
        return default;
    }

    public override void OnExchangeCompleted(FilterContext context) => Note("completed");

    private void Note(string what)
    {
        lock (Seen) Seen.Add($"{name}: {what}");
    }
}
