using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>What a chain does with parts without looking at their meaning.</summary>
internal static class Parts
{
    public static ContentSlice TakeContent(RequestHead head)
    {
        var content = head.Content;
        head.Content = default;
        return content;
    }

    public static ContentSlice TakeContent(ResponseHead head)
    {
        var content = head.Content;
        head.Content = default;
        return content;
    }

    /// <summary>Nothing of the message follows.</summary>
    public static bool IsLast(object part) => part switch
    {
        RequestHead head => head.EndsMessage,
        RequestContent content => content.EndsMessage,
        ResponseHead head => head.EndsMessage,
        ResponseContent content => content.EndsMessage,
        _ => true,
    };

    /// <summary>Releases what a part owns that goes no further; returns the bytes of content that it carried.</summary>
    public static int Release(object part)
    {
        ReleaseFields(part);
        var content = part switch
        {
            RequestHead head => TakeContent(head),
            ResponseHead head => TakeContent(head),
            RequestContent c => c.Content,
            ResponseContent c => c.Content,
            _ => default,
        };
        content.Release();
        return content.Length;
    }

    /// <summary>The fields of a request head stay: they belong to the exchange.</summary>
    public static void ReleaseFields(object part)
    {
        var fields = part switch
        {
            ResponseHead head => head.Fields,
            RequestEnd end => end.Trailers,
            ResponseEnd end => end.Trailers,
            _ => null,
        };
        fields?.Release();
    }
}
