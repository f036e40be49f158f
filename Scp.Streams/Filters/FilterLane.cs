using System.Runtime.CompilerServices;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>
/// One direction of one exchange on its way through the filters: the part that is in them now, and those that wait behind it.
/// </summary>
/// <remarks>
/// <code>
///             Accept                      hook is asynchronous
///   Idle ───────────────▶ (hooks run) ───────────────────────▶ Waiting ──(any thread)──▶ Completed ──Resume──▶ (hooks run)
///     ▲                        │                                  │                          │
///     └────── emitted ─────────┘                                Close                      Close
///                                                                 ▼                          ▼
///                                             Abandoned: the hook's completion     the part is released at once,
///                                             releases the part                    Resume does nothing
/// </code>
/// A closed lane takes no part any more: what arrives is discarded, and its credit granted back if the sender is to go on.
/// </remarks>
internal sealed class FilterLane(FilterExchange owner, FilterDirection direction, int first)
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Completed = 2;
    private const int Abandoned = 3;

    private readonly int _step = direction == FilterDirection.Request ? 1 : -1;
    private Queue<object>? _pending;
    private FieldSection? _trailers;
    private FilterHooks _hook;
    private int _index;
    private int _wait;
    private bool _grantsCredit;
    private ConfiguredValueTaskAwaitable<FilterVerdict>.ConfiguredValueTaskAwaiter _awaiter;
    private Action? _completion;

    public FilterExchange Owner => owner;

    public FilterDirection Direction => direction;

    /// <summary>The part whose hooks run.</summary>
    public object? Part { get; private set; }

    public FilterContent Content { get; } = new();

    public bool IsWaiting { get; private set; }

    public bool IsClosed { get; private set; }

    public void Accept(object part)
    {
        if (IsClosed) Discard(part);
        else if (IsWaiting) (_pending ??= new Queue<object>()).Enqueue(part);
        else
        {
            Begin(part);
            Run();
        }
    }

    /// <summary>On the graph's thread, after the hook that was waited for has completed.</summary>
    public void Resume()
    {
        if (IsClosed) return;
        IsWaiting = false;
        _wait = Idle;
        FilterVerdict verdict;
        var error = ProxyError.FilterDenied;
        try
        {
            verdict = _awaiter.GetResult();
        }
        catch (Exception e)
        {
            (verdict, error) = (FilterVerdict.Abort, Failed(e));
        }

        if (!Passes(verdict, error)) return;
        _index += _step;
        Run();
    }

    /// <summary>Takes nothing more and gives back what it holds.</summary>
    /// <param name="grantsCredit">Whether discarded content lets its sender go on.</param>
    public void Close(bool grantsCredit)
    {
        if (IsClosed) return;
        IsClosed = true;
        _grantsCredit = grantsCredit;
        var held = Part is null ? 0 : Content.ReceivedLength;
        if (!IsWaiting || Interlocked.Exchange(ref _wait, Abandoned) == Completed) ReleasePart();
        IsWaiting = false;
        if (grantsCredit) owner.Grant(direction, held);
        while (_pending is not null && _pending.TryDequeue(out var part)) Discard(part);
    }

    private void Discard(object part)
    {
        var length = Parts.Release(part);
        if (_grantsCredit) owner.Grant(direction, length);
    }

    private void Begin(object part)
    {
        Part = part;
        _trailers = null;
        switch (part)
        {
            case RequestHead head: Enter(FilterHooks.RequestHead, Parts.TakeContent(head), head.EndsMessage); break;
            case RequestContent content: Enter(FilterHooks.RequestContent, content.Content, content.EndsMessage); break;
            case RequestEnd end: EnterEnd(FilterHooks.RequestContent, end.Trailers); break;
            case ResponseHead { IsInterim: true }: Enter(FilterHooks.None, default, false); break;
            case ResponseHead head: Enter(FilterHooks.ResponseHead, Parts.TakeContent(head), head.EndsMessage); break;
            case ResponseContent content: Enter(FilterHooks.ResponseContent, content.Content, content.EndsMessage); break;
            case ResponseEnd end: EnterEnd(FilterHooks.ResponseContent, end.Trailers); break;
            default: throw new InvalidOperationException($"A filter lane cannot take a {part.GetType().Name}.");
        }
    }

    private void EnterEnd(FilterHooks hook, FieldSection? trailers)
    {
        _trailers = trailers;
        Enter(hook, default, endsMessage: true);
    }

    private void Enter(FilterHooks hook, ContentSlice content, bool endsMessage)
    {
        Content.Begin(content, endsMessage);
        _hook = owner.IsTunnel ? FilterHooks.None : hook;
        _index = first;
    }

    private void Run()
    {
        while (Advance())
        {
            var part = Part!;
            Part = null;
            owner.Emit(this, part);
            if (IsClosed || _pending is null || !_pending.TryDequeue(out var next)) return;
            Begin(next);
        }
    }

    /// <summary>True when every hook has let the part pass; false when one is waited for, or has decided otherwise.</summary>
    private bool Advance()
    {
        for (; _hook != FilterHooks.None; _hook = NextHook(), _index = first)
        {
            for (; _index >= 0 && _index < owner.Filters.Count; _index += _step)
            {
                var filter = owner.Filters[_index];
                if ((filter.Hooks & _hook) == 0 || IsHeldBack) continue;
                if (!TryCall(filter, out var verdict, out var error)) return false;
                if (!Passes(verdict, error)) return false;
            }
        }

        return true;
    }

    /// <summary>A filter before keeps the bytes back: there is nothing to see for those after it.</summary>
    private bool IsHeldBack =>
        _hook is FilterHooks.RequestContent or FilterHooks.ResponseContent && Content is { Slice.IsEmpty: true, EndsMessage: false };

    /// <summary>A head is followed by the content it carries, the end by its trailers.</summary>
    private FilterHooks NextHook() => _hook switch
    {
        FilterHooks.RequestHead when !Content.Slice.IsEmpty => FilterHooks.RequestContent,
        FilterHooks.ResponseHead when !Content.Slice.IsEmpty => FilterHooks.ResponseContent,
        FilterHooks.RequestContent or FilterHooks.ResponseContent when _trailers is not null => FilterHooks.Trailers,
        _ => FilterHooks.None,
    };

    private bool Passes(FilterVerdict verdict, ProxyError error)
    {
        if (verdict == FilterVerdict.Continue) return true;
        owner.Decide(verdict, _index, error);
        return false;
    }

    /// <summary>False when the hook is asynchronous: <see cref="Resume"/> goes on.</summary>
    private bool TryCall(HttpFilter filter, out FilterVerdict verdict, out ProxyError error)
    {
        verdict = FilterVerdict.Continue;
        error = ProxyError.FilterDenied;
        try
        {
#pragma warning disable CA2012 // The awaiter is asked once: here when the hook has completed, else by Resume or HookCompleted.
            // No context is captured: the completion only hands the lane over to the graph's thread.
            var awaiter = Call(filter, new FilterContext(owner, _index)).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
            if (awaiter.IsCompleted)
            {
                verdict = awaiter.GetResult();
                return true;
            }

            IsWaiting = true;
            _wait = Waiting;
            _awaiter = awaiter;
            _awaiter.UnsafeOnCompleted(_completion ??= HookCompleted);
            return false;
        }
        catch (Exception e)
        {
            (verdict, error) = (FilterVerdict.Abort, Failed(e));
            return true;
        }
    }

    private ValueTask<FilterVerdict> Call(HttpFilter filter, FilterContext context) => _hook switch
    {
        FilterHooks.RequestHead => filter.OnRequestHead(context, (RequestHead)Part!),
        FilterHooks.RequestContent => filter.OnRequestContent(context, Content),
        FilterHooks.ResponseHead => filter.OnResponseHead(context, (ResponseHead)Part!),
        FilterHooks.ResponseContent => filter.OnResponseContent(context, Content),
        _ => filter.OnTrailers(context, _trailers!, direction),
    };

    private ProxyError Failed(Exception exception)
    {
        owner.Report(owner.Filters[_index], exception);
        return ProxyError.InternalError;
    }

    /// <summary>On whatever thread the hook completed.</summary>
    private void HookCompleted()
    {
        if (Interlocked.CompareExchange(ref _wait, Completed, Waiting) == Waiting)
        {
            owner.ResumeLater(this);
            return;
        }

        try
        {
            _awaiter.GetResult();
        }
        catch
        {
            // The exchange is over: nobody asks for the verdict, nor why there is none.
        }

        ReleasePart();
    }

    private void ReleasePart()
    {
        if (Part is null) return;
        Parts.ReleaseFields(Part);
        Content.Take().Release();
        Part = null;
    }
}
