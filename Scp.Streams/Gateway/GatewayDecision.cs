using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Gateway;

/// <summary>
/// The decision about a request head: forward it, or answer it here. Pure: head, snapshot and connection are all it knows.
/// </summary>
public static class GatewayDecision
{
    /// <summary>Chooses the route, before any filter sees the head: filters belong to routes.</summary>
    public static void ChooseRoute(RequestHead head)
    {
        var exchange = head.Exchange;
        exchange.Route = exchange.Snapshot.Routes.Match(head, out var error);
        exchange.RouteError = error;
    }

    /// <summary>
    /// The proxy's own answer, or null when the request is to be forwarded; then its route is set and its head is as the origin shall
    /// get it.
    /// </summary>
    public static ResponseHead? Answer(RequestHead head)
    {
        var (snapshot, connection, route) = (head.Exchange.Snapshot, head.Exchange.Connection, head.Exchange.Route);
        if (head.Method == Method.Connect) return Refuse(head, ProxyError.ConnectNotAllowed, snapshot);
        if (route is null) return Refuse(head, head.Exchange.RouteError, snapshot);
        var error = snapshot.Forwarding.PrepareRequest(head, connection, out var isLastRecipient);
        if (error != ProxyError.None) return Refuse(head, error, snapshot);
        if (!isLastRecipient && route.LocalResponse is null)
        {
            if (route.Rewrite is null) return null;
            head.KeepReceivedTarget();
            route.Rewrite.Apply(head);
            return null;
        }

        var response = new ResponseHead(head.Exchange);
        if (isLastRecipient) MaxForwards.Answer(head, response, snapshot.Forwarding.Date);
        else
        {
            route.LocalResponse!.Respond(head, response);
            if (response.Fields.IndexOf(KnownField.Date) < 0) response.Fields.Add(KnownField.Date, snapshot.Forwarding.Date.Bytes);
        }

        return response;
    }

    private static ResponseHead Refuse(RequestHead head, ProxyError error, ProxySnapshot snapshot)
    {
        head.Exchange.Record.Error = error;
        var response = new ResponseHead(head.Exchange);
        var allow = error == ProxyError.MethodNotAllowed ? Encoding.ASCII.GetBytes(snapshot.Routes.AllowedMethods(head)) : [];
        ErrorResponse.Fill(response, error, snapshot.Forwarding, allow);
        return response;
    }
}
