namespace Scp.Streams.Messages;

/// <summary>Turns a response as the origin sent it into the response that the client gets.</summary>
public static class ResponseForwarding
{
    /// <summary>For final and interim heads alike. A missing Date is added to a final one (RFC 9110 6.6.1).</summary>
    public static void Prepare(ResponseHead response, RequestHead request, ForwardingRules rules)
    {
        HopByHop.StripResponse(response, request);
        if (rules.Settings.ViaInResponses) Via.Add(response.Fields, response.Version, rules);
        if (!response.IsInterim && response.Fields.IndexOf(KnownField.Date) < 0) response.Fields.Add(KnownField.Date, rules.Date.Bytes);
    }
}
