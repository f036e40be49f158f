namespace Scp.Streams.Messages;

/// <summary>What every stage does with parts that go nowhere: a slice is released exactly once.</summary>
public static class PartContent
{
    /// <summary>Releases the content of a part that nobody will receive.</summary>
    public static void ReleaseContent(this RequestPart part)
    {
        switch (part)
        {
            case RequestHead head:
                head.Content.Release();
                break;
            case RequestContent content:
                content.Content.Release();
                break;
            case RequestEnd { Trailers: { } trailers }:
                trailers.Release();
                break;
        }
    }

    /// <summary>Releases the content of a part that nobody will receive.</summary>
    public static void ReleaseContent(this ResponsePart part)
    {
        switch (part)
        {
            case ResponseHead head:
                head.Content.Release();
                break;
            case ResponseContent content:
                content.Content.Release();
                break;
            case ResponseEnd { Trailers: { } trailers }:
                trailers.Release();
                break;
        }
    }
}
