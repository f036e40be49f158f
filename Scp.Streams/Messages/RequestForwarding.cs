using Scp.Streams.Errors;
using Scp.Streams.Telemetry;

namespace Scp.Streams.Messages;

/// <summary>Turns a request as received into the request that the origin gets: every rule of a gateway, in order.</summary>
public static class RequestForwarding
{
    /// <summary>
    /// Applied after the parser and before the route's rewrite, which may change the Host that X-Forwarded-Host tells.
    /// </summary>
    /// <param name="request">The head; its fields are changed in place.</param>
    /// <param name="connection">Where it came from.</param>
    /// <param name="rules">How the proxy presents itself and the client.</param>
    /// <param name="isLastRecipient">The proxy itself answers, with <see cref="MaxForwards.Answer"/>; then the head is unchanged.</param>
    /// <returns>None, or why the request is refused.</returns>
    public static ProxyError Prepare(
        RequestHead request, ClientConnectionInfo connection, ForwardingRules rules, out bool isLastRecipient)
    {
        isLastRecipient = false;
        var fields = request.Fields;
        if (rules.Settings.RejectUnderscores && HasUnderscore(fields)) return ProxyError.MalformedField;
        if (Via.Contains(fields, rules.Pseudonym)) return ProxyError.LoopDetected;
        var error = MaxForwards.Apply(request, out isLastRecipient);
        if (error != ProxyError.None || isLastRecipient) return error;
        error = HopByHop.StripRequest(request);
        if (error != ProxyError.None) return error;
        ForwardedFields.Apply(request, connection, rules.Settings.ForwardedFields);
        Via.Add(fields, request.Version, rules);
        TraceContext.Apply(fields, rules.Settings.StartTraces, rules.Random);
        return ProxyError.None;
    }

    private static bool HasUnderscore(FieldSection fields)
    {
        for (var i = 0; i < fields.Count; i++)
            if (fields.Known(i) == KnownField.Unknown && !fields.IsRemoved(i) && fields.Name(i).Contains((byte)'_')) return true;
        return false;
    }
}
