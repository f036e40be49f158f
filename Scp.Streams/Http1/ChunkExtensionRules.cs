using System.Buffers;

namespace Scp.Streams.Http1;

/// <summary>
/// The grammar of chunk extensions, one byte at a time: <c>*( ";" token [ "=" ( token / quoted-string ) ] )</c> (RFC 9112 7.1.1), without
/// the whitespace that the RFC tolerates. They are read so that nothing can hide in them, and then dropped.
/// </summary>
internal struct ChunkExtensionRules
{
    private State _state;

    private enum State : byte
    {
        Semicolon,
        NameStart,
        Name,
        ValueStart,
        Token,
        Quoted,
        QuotedPair,
        AfterQuoted,
    }

    /// <summary>The chunk header may end here.</summary>
    public readonly bool IsComplete => _state is State.Name or State.Token or State.AfterQuoted;

    /// <summary>Takes the next byte, the first one being ";"; false when the grammar has no place for it.</summary>
    public bool TryAdvance(byte value)
    {
        var next = Next(value);
        _state = next ?? _state;
        return next is not null;
    }

    private readonly State? Next(byte value) => _state switch
    {
        State.Semicolon or State.AfterQuoted => value == ';' ? State.NameStart : null,
        State.NameStart => IsTokenChar(value) ? State.Name : null,
        State.Name when value == '=' => State.ValueStart,
        State.ValueStart when value == '"' => State.Quoted,
        State.ValueStart => IsTokenChar(value) ? State.Token : null,
        State.Name or State.Token when value == ';' => State.NameStart,
        State.Name or State.Token => IsTokenChar(value) ? _state : null,
        State.QuotedPair => IsText(value) ? State.Quoted : null,
        State.Quoted when value == '"' => State.AfterQuoted,
        State.Quoted when value == '\\' => State.QuotedPair,
        _ => IsText(value) ? State.Quoted : null,
    };

    private static bool IsTokenChar(byte value) => Http1Grammar.Token.Contains(value);

    private static bool IsText(byte value) => !Http1Grammar.Control.Contains(value);
}
