namespace Scp.Streams.Errors;

/// <summary>Whose fault an error is: a peer's is logged at debug or info, ours at error.</summary>
public enum Fault : byte
{
    None,
    Client,
    Upstream,
    Configuration,
    Proxy,
}

/// <summary>The whole truth about one error.</summary>
/// <param name="Error">Which.</param>
/// <param name="Status">Status code sent when no response head has gone out yet; 0 when nothing is sent; 499 is for the log only.</param>
/// <param name="ProxyStatus">Error token of RFC 9209 section 2.3.</param>
/// <param name="Fault">Whose fault it is.</param>
/// <param name="ClosesClientConnection">The client connection cannot be used any more after it.</param>
/// <param name="NothingSent">True when it is certain that no byte of the request reached the origin: any method may go elsewhere.</param>
/// <param name="Sentence">What happened and, where a key decides it, which.</param>
public sealed record ErrorRow(
    ProxyError Error, int Status, string ProxyStatus, Fault Fault, bool ClosesClientConnection, bool NothingSent, string Sentence);

/// <summary>One row for every <see cref="ProxyError"/> (BEHAVIOUR section 4.6): responses, logs, metrics and documentation come from it.</summary>
public static class ErrorTable
{
    public static ErrorRow Of(ProxyError error) => throw new NotImplementedException(error.ToString());
}
