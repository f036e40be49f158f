namespace Scp.Streams.Http1;

/// <summary>What a parser says of the bytes it was shown.</summary>
public enum ParseStatus : byte
{
    /// <summary>Valid so far, not complete: call again with the same bytes and more after them.</summary>
    NeedMore,

    /// <summary>Complete and valid.</summary>
    Done,

    /// <summary>Breaks a rule or a limit; nothing that follows on the connection can be trusted.</summary>
    Rejected,
}
