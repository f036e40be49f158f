using Scp.Streams.Limits;

namespace Scp.Streams.Dispatch;

/// <summary>Everything a request's decisions depend on, as one immutable value: published as a whole, read once for an exchange.</summary>
/// <param name="Version">Counts the configurations since start.</param>
/// <param name="Routes">The route table of the listener.</param>
/// <param name="Limits">Size limits.</param>
/// <param name="Timeouts">Time limits of the client side.</param>
/// <param name="Forwarding">How the proxy presents itself and the client in fields.</param>
public sealed record ProxySnapshot(
    long Version, IRouteTable Routes, LimitSettings Limits, TimeoutSettings Timeouts, Messages.ForwardingRules Forwarding);
