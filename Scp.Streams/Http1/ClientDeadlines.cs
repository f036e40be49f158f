using Scp.Streams.Errors;
using Scp.Streams.Limits;

namespace Scp.Streams.Http1;

/// <summary>
/// The time limits of the client side of one HTTP/1.1 connection (BEHAVIOUR section 4.5), as facts and a question: what is due?
/// Only time spent waiting for the client counts against the client.
/// </summary>
public sealed class ClientDeadlines(Clock clock)
{
    private long _headDeadline = Clock.Never, _idleDeadline = Clock.Never, _contentDeadline = Clock.Never;
    private long _sendDeadline = Clock.Never, _lingerDeadline = Clock.Never;
    private long _waitingSince = Clock.Never, _waited, _received;

    /// <summary>A connection has been opened: its first head is due since it was accepted.</summary>
    public void FirstHeadBegan(long deadline) => _headDeadline = deadline;

    /// <summary>The first bytes of a head are there.</summary>
    public void HeadBegan(TimeoutSettings timeouts)
    {
        _idleDeadline = Clock.Never;
        if (_headDeadline == Clock.Never) _headDeadline = Clock.After(clock.Now, timeouts.RequestHead);
    }

    public void HeadEnded()
    {
        _headDeadline = _idleDeadline = _contentDeadline = _waitingSince = Clock.Never;
        _waited = _received = 0;
    }

    /// <summary>The connection waits for its next request.</summary>
    public void IdleBegan(TimeoutSettings timeouts, long now)
    {
        _headDeadline = _contentDeadline = _waitingSince = Clock.Never;
        _idleDeadline = Clock.After(now, timeouts.KeepAliveIdle);
    }

    /// <summary>A receive of request content is waiting for the client.</summary>
    public void ContentAwaited(TimeoutSettings timeouts)
    {
        _waitingSince = clock.Now;
        _contentDeadline = Clock.After(_waitingSince, timeouts.RequestContentIdle);
    }

    public void ContentReceived(int bytes)
    {
        if (_waitingSince != Clock.Never) _waited += clock.Now - _waitingSince;
        _received += bytes;
        _waitingSince = _contentDeadline = Clock.Never;
    }

    public void SendBegan(TimeoutSettings timeouts) => _sendDeadline = Clock.After(clock.Now, timeouts.ResponseWrite);

    public void SendEnded() => _sendDeadline = Clock.Never;

    public void LingerBegan(TimeSpan limit)
    {
        _headDeadline = _idleDeadline = _contentDeadline = _waitingSince = Clock.Never;
        _lingerDeadline = Clock.After(clock.Now, limit);
    }

    /// <summary>What is due now; None when nothing is. A linger that is over counts as KeepAliveTimeout: closed without a word.</summary>
    public ProxyError Due(long now, TimeoutSettings timeouts)
    {
        if (_lingerDeadline <= now || _idleDeadline <= now) return ProxyError.KeepAliveTimeout;
        if (_sendDeadline <= now) return ProxyError.ResponseWriteTimeout;
        if (_headDeadline <= now) return ProxyError.RequestHeadTimeout;
        if (_contentDeadline <= now) return ProxyError.RequestContentTimeout;
        return IsTooSlow(now, timeouts) ? ProxyError.RequestContentTooSlow : ProxyError.None;
    }

    /// <summary>The earliest of the deadlines.</summary>
    public long Next(TimeoutSettings timeouts)
    {
        var next = Math.Min(Math.Min(_headDeadline, _idleDeadline), Math.Min(_contentDeadline, Math.Min(_sendDeadline, _lingerDeadline)));
        return Math.Min(next, RateDeadline(timeouts));
    }

    private bool IsTooSlow(long now, TimeoutSettings timeouts) => RateDeadline(timeouts) <= now;

    /// <summary>When the bytes so far stop being enough for the minimum rate, if nothing more comes.</summary>
    private long RateDeadline(TimeoutSettings timeouts)
    {
        if (_waitingSince == Clock.Never || timeouts.RequestContentMinimumRate <= 0) return Clock.Never;
        var enoughFor = _received * 1000 / timeouts.RequestContentMinimumRate;
        var allowed = Math.Max((long)timeouts.RequestContentGrace.TotalMilliseconds, enoughFor);
        return _waitingSince + Math.Max(0, allowed - _waited);
    }
}
