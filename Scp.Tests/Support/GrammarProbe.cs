using System.Collections.Concurrent;
using Akka.Streams;
using Akka.Streams.Stage;
using Scp.Streams.Messages;

namespace Scp.Tests.Support;

/// <summary>
/// The grammar of the parts of one connection, in both directions: says what is wrong with a part, or null. See
/// <see cref="RequestPart"/> and <see cref="ResponsePart"/>.
/// </summary>
public sealed class PartGrammar
{
    private enum State
    {
        Nothing,
        Open,
        Ended,
        Over,
    }

    private sealed class Progress
    {
        public State Request;
        public State Response;
    }

    private readonly ConcurrentDictionary<Exchange, Progress> _exchanges = new();

    /// <summary>Exchanges whose request or response has begun and not ended.</summary>
    public int Open => _exchanges.Values.Count(p => p.Request == State.Open || p.Response == State.Open);

    public string? Check(RequestPart part)
    {
        var progress = _exchanges.GetOrAdd(part.Exchange, _ => new Progress());
        var (expected, next) = part switch
        {
            RequestHead head => (progress.Request == State.Nothing, head.EndsMessage ? State.Ended : State.Open),
            RequestContent content => (progress.Request == State.Open, content.EndsMessage ? State.Ended : State.Open),
            RequestEnd => (progress.Request == State.Open, State.Ended),
            RequestRejected => (progress.Request != State.Over, State.Over),
            _ => (false, State.Over),
        };
        var error = expected ? null : $"{part.GetType().Name} of exchange {part.Exchange.Number} after request state {progress.Request}";
        progress.Request = next;
        return error;
    }

    public string? Check(ResponsePart part)
    {
        if (!_exchanges.TryGetValue(part.Exchange, out var progress)) return $"{part.GetType().Name} of an exchange without a request";
        var (expected, next) = part switch
        {
            ResponseHead { IsInterim: true } head => (progress.Response == State.Nothing && !head.EndsMessage, State.Nothing),
            ResponseHead head => (progress.Response == State.Nothing, head.EndsMessage ? State.Over : State.Open),
            ResponseContent content => (progress.Response == State.Open, content.EndsMessage ? State.Over : State.Open),
            ResponseEnd => (progress.Response == State.Open, State.Over),
            ResponseFailed => (progress.Response is State.Nothing or State.Open, State.Over),
            _ => (false, State.Over),
        };
        var error = expected ? null : $"{part.GetType().Name} of exchange {part.Exchange.Number} after response state {progress.Response}";
        progress.Response = next;
        return error;
    }
}

/// <summary>A layer that lets everything pass, and fails the graph at the first part that the grammar does not allow.</summary>
public sealed class GrammarProbe : GraphStage<BidiShape<RequestPart, RequestPart, ResponsePart, ResponsePart>>
{
    private readonly Inlet<RequestPart> _requestIn = new("Grammar.RequestIn");
    private readonly Outlet<RequestPart> _requestOut = new("Grammar.RequestOut");
    private readonly Inlet<ResponsePart> _responseIn = new("Grammar.ResponseIn");
    private readonly Outlet<ResponsePart> _responseOut = new("Grammar.ResponseOut");

    public override BidiShape<RequestPart, RequestPart, ResponsePart, ResponsePart> Shape =>
        new(_requestIn, _requestOut, _responseIn, _responseOut);

    public PartGrammar Grammar { get; } = new();

    /// <summary>What broke the grammar; a test expects it to be empty.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : GraphStageLogic
    {
        private readonly GrammarProbe _stage;

        public Logic(GrammarProbe stage)
            : base(stage.Shape)
        {
            _stage = stage;
            Connect(stage._requestIn, stage._requestOut, stage.Grammar.Check);
            Connect(stage._responseIn, stage._responseOut, stage.Grammar.Check);
        }

        private void Connect<TPart>(Inlet<TPart> from, Outlet<TPart> to, Func<TPart, string?> check)
        {
            SetHandler(
                from,
                onPush: () =>
                {
                    var part = Grab(from);
                    if (check(part) is { } error)
                    {
                        _stage.Violations.Enqueue(error);
                        FailStage(new InvalidOperationException(error));
                    }
                    else
                    {
                        Push(to, part);
                    }
                },
                onUpstreamFinish: () => Complete(to));
            SetHandler(to, onPull: () => Pull(from), onDownstreamFinish: cause => Cancel(from, cause));
        }
    }
}
