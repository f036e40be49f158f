using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>What a <see cref="ChunkedDecoder"/> made of the bytes it was shown.</summary>
public enum ChunkStatus : byte
{
    /// <summary>All input is consumed, the message goes on.</summary>
    NeedMore,

    /// <summary>Content was found; call again with what is left of the input.</summary>
    Content,

    /// <summary>The message ended, trailers included.</summary>
    End,

    /// <summary>Breaks a rule or a limit.</summary>
    Rejected,
}

/// <summary>
/// The chunked coding (RFC 9112 7.1), byte by byte, so that it may be cut anywhere; content is never copied. One instance serves one
/// message after another, see <see cref="Reset"/>.
/// </summary>
/// <remarks>
/// <code>
/// chunk       Size → SizeLineFeed → Content → ContentReturn → ContentLineFeed → Size
/// extension   Size → Extension → SizeLineFeed                (what stands between is checked by <see cref="ChunkExtensionRules"/>)
/// last chunk  SizeLineFeed → TrailerStart → End,  or → Trailers → End
/// </code>
/// Stricter than the RFC: no whitespace around the size or in extensions, 16 digits at most, a limit on the extensions of a message.
/// A line feed or a carriage return of its own is refused everywhere: parsers that skip to the next line feed, or do not, see different
/// messages.
/// </remarks>
public sealed class ChunkedDecoder
{
    /// <summary>Digits of the largest size there is; more could only be leading zeros.</summary>
    private const int MaxDigits = 16;

    private State _state;
    private int _digits;
    private long _remaining;
    private int _extensionBytes;
    private ChunkExtensionRules _extension;
    private TrailerParser _trailers;

    private enum State : byte
    {
        Size,
        Extension,
        SizeLineFeed,
        Content,
        ContentReturn,
        ContentLineFeed,
        TrailerStart,
        Trailers,
        End,
        Rejected,
    }

    /// <summary>Decodes the next piece.</summary>
    /// <param name="input">Bytes that follow those consumed before.</param>
    /// <param name="limits">The limits that apply.</param>
    /// <param name="consumed">Bytes of the input that are done with, content included. After End the rest is the next message's.</param>
    /// <param name="content">Where in the input the content is, when Content.</param>
    /// <param name="error">Why, when Rejected.</param>
    public ChunkStatus Decode(ReadOnlySpan<byte> input, LimitSettings limits, out int consumed, out ByteSlice content, out ProxyError error)
    {
        content = default;
        error = ProxyError.None;
        consumed = 0;
        while (consumed < input.Length)
        {
            if (_state == State.Content)
            {
                content = TakeContent(input.Length - consumed, consumed);
                consumed = content.End;
                return ChunkStatus.Content;
            }

            if (_state is State.Trailers or State.End or State.Rejected) break;
            if (_state == State.TrailerStart && _digits == 0 && input[consumed] != Http1Grammar.Cr) _state = State.Trailers;
            else error = Step(input[consumed++], limits);
            if (error != ProxyError.None) return Reject();
        }

        if (_state == State.Trailers) consumed += ParseTrailers(input[consumed..], limits, ref error);
        if (error != ProxyError.None) return Reject();
        if (_state == State.Rejected) error = ProxyError.MalformedChunk;
        return _state switch { State.End => ChunkStatus.End, State.Rejected => ChunkStatus.Rejected, _ => ChunkStatus.NeedMore };
    }

    /// <summary>Hands over the trailers after End; null when there were none. The caller releases them.</summary>
    public FieldSection? TakeTrailers() => _trailers.Take();

    /// <summary>Makes it ready for the next message, and gives back what an unfinished one held.</summary>
    public void Reset()
    {
        _state = State.Size;
        _digits = 0;
        _remaining = 0;
        _extensionBytes = 0;
        _trailers.Release();
    }

    private ByteSlice TakeContent(int available, int offset)
    {
        var length = (int)Math.Min(available, _remaining);
        _remaining -= length;
        if (_remaining == 0) _state = State.ContentReturn;
        return new ByteSlice(offset, length);
    }

    private ProxyError Step(byte value, LimitSettings limits)
    {
        switch (_state)
        {
            case State.Size:
                return OnSize(value, limits);
            case State.Extension:
                return OnExtension(value, limits);
            case State.ContentReturn:
                return Expect(value, Http1Grammar.Cr, State.ContentLineFeed);
            case State.ContentLineFeed:
                return Expect(value, Http1Grammar.Lf, State.Size);
            case State.SizeLineFeed:
                _digits = 0;
                return Expect(value, Http1Grammar.Lf, _remaining > 0 ? State.Content : State.TrailerStart);
            default:
                return OnEmptyTrailers(value);
        }
    }

    private ProxyError OnSize(byte value, LimitSettings limits)
    {
        var digit = Http1Grammar.HexValue(value);
        if (digit >= 0)
        {
            if (++_digits > MaxDigits || _remaining > long.MaxValue >> 4) return ProxyError.MalformedChunk;
            _remaining = (_remaining << 4) | (long)digit;
            return ProxyError.None;
        }

        if (_digits == 0) return LineEndError(value);
        if (value == Http1Grammar.Cr)
        {
            _state = State.SizeLineFeed;
            return ProxyError.None;
        }

        if (value != ';') return LineEndError(value);
        _state = State.Extension;
        _extension = default;
        return OnExtension(value, limits);
    }

    private ProxyError OnExtension(byte value, LimitSettings limits)
    {
        if (value == Http1Grammar.Cr && _extension.IsComplete)
        {
            _state = State.SizeLineFeed;
            return ProxyError.None;
        }

        if (!_extension.TryAdvance(value)) return LineEndError(value);
        return ++_extensionBytes > limits.ChunkExtensions ? ProxyError.ChunkExtensionsTooLarge : ProxyError.None;
    }

    /// <summary>CRLF right after the last chunk: the usual end, without any trailer section to be made. _digits counts its bytes.</summary>
    private ProxyError OnEmptyTrailers(byte value)
    {
        if (_digits++ == 0) return Expect(value, Http1Grammar.Cr, State.TrailerStart);
        return Expect(value, Http1Grammar.Lf, State.End);
    }

    private ProxyError Expect(byte value, byte expected, State next)
    {
        if (value != expected)
            return expected == Http1Grammar.Lf ? ProxyError.BareCarriageReturn : LineEndError(value);
        _state = next;
        return ProxyError.None;
    }

    private static ProxyError LineEndError(byte value) => value == Http1Grammar.Lf ? ProxyError.BareLineFeed : ProxyError.MalformedChunk;

    private int ParseTrailers(ReadOnlySpan<byte> input, LimitSettings limits, ref ProxyError error)
    {
        if (_trailers.Parse(input, limits, out var consumed, out error) == ParseStatus.Done) _state = State.End;
        return consumed;
    }

    private ChunkStatus Reject()
    {
        _state = State.Rejected;
        _trailers.Release();
        return ChunkStatus.Rejected;
    }
}
