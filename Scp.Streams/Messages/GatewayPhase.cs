namespace Scp.Streams.Messages;

/// <summary>How far an exchange has got at the gateway, which decides what may still be answered.</summary>
public enum GatewayPhase : byte
{
    /// <summary>Nothing seen yet.</summary>
    New,

    /// <summary>The head went on towards the origin; no response head came back yet.</summary>
    Forwarded,

    /// <summary>The final response head has passed towards the client.</summary>
    Responding,

    /// <summary>The proxy answered by itself: request content that still comes is thrown away.</summary>
    Answered,

    /// <summary>The response is complete or cut: nothing more may pass.</summary>
    Ended,
}
