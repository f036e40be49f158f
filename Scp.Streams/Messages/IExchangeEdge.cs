namespace Scp.Streams.Messages;

/// <summary>
/// One end of the pipeline that emits content: the codec emits request content, dispatch emits response content. Called on the
/// graph's thread when credit came back.
/// </summary>
public interface IExchangeEdge
{
    void OnCredit(Exchange exchange);
}
