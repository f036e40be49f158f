using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>What a codec needs of the stage that hosts it.</summary>
public interface ICodecHost
{
    /// <summary>Sends a part into the pipeline, in order.</summary>
    void Emit(RequestPart part);

    /// <summary>Ends the connection: everything written has left or is lost.</summary>
    void Finish();

    /// <summary>Runs the codec's pump again, after other events had their turn.</summary>
    void PumpLater();

    /// <summary>Asks the codec to send what it has, after the parts that are on their way have come.</summary>
    void FlushLater();
}
