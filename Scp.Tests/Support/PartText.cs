using Scp.Streams.Messages;

namespace Scp.Tests.Support;

/// <summary>Parts as text, for assertions.</summary>
public static class PartText
{
    /// <summary>E.g. <c>head 200 [X-A: 1] "abc" end</c>; content is named by its length when it is long.</summary>
    public static string Of(object part) => part switch
    {
        RequestHead head => $"head{Fields(head.Fields)}{Content(head.Content)}{End(head.EndsMessage)}",
        RequestContent content => $"content{Content(content.Content)}{End(content.EndsMessage)}",
        RequestEnd end => $"end{Fields(end.Trailers)}",
        RequestRejected rejected => $"rejected {rejected.Error}",
        ResponseHead head => $"head {head.Status}{Fields(head.Fields)}{Content(head.Content)}{End(head.EndsMessage)}",
        ResponseContent content => $"content{Content(content.Content)}{End(content.EndsMessage)}",
        ResponseEnd end => $"end{Fields(end.Trailers)}",
        ResponseFailed failed => $"failed {failed.Error}",
        _ => part.ToString()!,
    };

    public static ContentSlice ContentOf(object part) => part switch
    {
        RequestHead head => head.Content,
        RequestContent content => content.Content,
        ResponseHead head => head.Content,
        ResponseContent content => content.Content,
        _ => default,
    };

    private static string Fields(FieldSection? fields) =>
        fields is null || Heads.Lines(fields) is not { Length: > 0 } lines ? "" : $" [{string.Join("; ", lines)}]";

    private static string Content(ContentSlice content) =>
        content.IsEmpty ? "" : content.Length > 100 ? $" {content.Length} bytes" : $" \"{Heads.Text(content.Span)}\"";

    private static string End(bool ends) => ends ? " end" : "";
}
