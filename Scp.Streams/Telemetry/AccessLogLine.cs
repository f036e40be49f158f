using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Telemetry;

/// <summary>
/// Renders one exchange as one line, on the graph's thread: bytes to bytes, nothing allocated. Reads whatever of the head was
/// parsed before the exchange ended, so a request that was refused half-way is logged too.
/// </summary>
internal sealed class AccessLogLine(AccessLogSettings settings, TimeProvider time)
{
    /// <summary>Most lines fit; one that does not moves to a larger buffer.</summary>
    private const int UsualLength = 1024;

    private readonly QueryRedaction _query = new(settings.Query, settings.RedactParameters);
    private readonly LoggedField[] _fields = [.. settings.RequestFields.Select(LoggedField.Of)];

    /// <summary>One further request field: its name as bytes and as JSON, and whether its value is a credential.</summary>
    private sealed record LoggedField(byte[] Name, byte[] Key, bool IsSecret)
    {
        public static LoggedField Of(string name)
        {
            var bytes = Encoding.Latin1.GetBytes(name);
            var secret = FieldNames.Recognise(bytes)
                is KnownField.Authorization or KnownField.ProxyAuthorization or KnownField.Cookie or KnownField.SetCookie;
            return new LoggedField(bytes, Encoding.UTF8.GetBytes(name.ToLowerInvariant()), secret);
        }
    }

    /// <summary>Renders the line with its line end. The buffer's reference goes to the caller.</summary>
    public (IoBuffer Buffer, int Length) Render(Exchange exchange)
    {
        var line = new LineBuffer(UsualLength);
        if (settings.Format == AccessLogFormat.Json) RenderJson(ref line, exchange);
        else RenderCombined(ref line, exchange);
        line.Raw((byte)'\n');
        return (line.Buffer, line.Length);
    }

    private void RenderJson(scoped ref LineBuffer line, Exchange exchange)
    {
        var record = exchange.Record;
        line.Raw("{\"time\":\""u8);
        WriteRfc3339(ref line, StartOf(record));
        line.Raw("\",\"client\":\""u8);
        line.Raw(exchange.Connection.RemoteTextBytes);
        line.Raw("\",\"listener\":\""u8);
        line.Json(exchange.Connection.Listener);
        line.Raw((byte)'"');
        RenderRequest(ref line, exchange.Request);
        line.Raw(",\"status\":"u8);
        line.Number(record.Status);
        line.Raw(",\"request_bytes\":"u8);
        line.Number(record.RequestContentBytes);
        line.Raw(",\"response_bytes\":"u8);
        line.Number(record.ResponseContentBytes);
        line.Raw(",\"duration_ms\":"u8);
        line.Thousandths(Microseconds(record.StartedAt, record.EndedAt));
        if (record.RespondedAt != 0)
        {
            line.Raw(",\"head_ms\":"u8);
            line.Thousandths(Microseconds(record.StartedAt, record.RespondedAt));
        }

        Text(ref line, ",\"route\":\""u8, exchange.Route?.Name);
        Text(ref line, ",\"pool\":\""u8, record.Pool);
        Text(ref line, ",\"backend\":\""u8, record.Backend);
        line.Raw(",\"attempts\":"u8);
        line.Number(record.Attempts);
        if (record.Error != ProxyError.None) Value(ref line, ",\"error\":\""u8, ErrorReason.Utf8(record.Error));
        RenderFields(ref line, exchange);
        line.Raw((byte)'}');
    }

    private void RenderRequest(scoped ref LineBuffer line, RequestHead request)
    {
        var (fields, target) = (request.Fields, request.ReceivedTarget);
        Value(ref line, ",\"method\":\""u8, Slice(fields, request.MethodToken));
        Value(ref line, ",\"host\":\""u8, Slice(fields, target.Authority));
        Value(ref line, ",\"path\":\""u8, PathOf(fields, target));
        if (target.HasQuery && _query.IsLogged)
        {
            line.Raw(",\"query\":\""u8);
            _query.Write(ref line, Slice(fields, target.Query), AccessLogFormat.Json);
            line.Raw((byte)'"');
        }

        Value(ref line, ",\"version\":\""u8, VersionOf(request));
    }

    private void RenderFields(scoped ref LineBuffer line, Exchange exchange)
    {
        var fields = exchange.Request.Fields;
        Value(ref line, ",\"trace_id\":\""u8, TraceIdOf(fields));
        Value(ref line, ",\"user_agent\":\""u8, FieldOf(fields, KnownField.UserAgent));
        if (FieldOf(fields, KnownField.Referer) is { IsEmpty: false } referer)
        {
            line.Raw(",\"referer\":\""u8);
            _query.WriteUrl(ref line, referer, AccessLogFormat.Json);
            line.Raw((byte)'"');
        }

        if (_fields.Length == 0) return;
        line.Raw(",\"fields\":{"u8);
        var first = true;
        foreach (var field in _fields)
        {
            if (fields.IndexOf(field.Name) is not (var index and >= 0)) continue;
            if (!first) line.Raw((byte)',');
            first = false;
            line.Raw((byte)'"');
            line.Json(field.Key);
            line.Raw("\":\""u8);
            line.Json(field.IsSecret ? "REDACTED"u8 : fields.Value(index));
            line.Raw((byte)'"');
        }

        line.Raw((byte)'}');
    }

    /// <summary>client - - [time] "request line" status bytes "referer" "user agent"</summary>
    private void RenderCombined(scoped ref LineBuffer line, Exchange exchange)
    {
        var request = exchange.Request;
        var fields = request.Fields;
        line.Raw(exchange.Connection.RemoteTextBytes);
        line.Raw(" - - ["u8);
        WriteCommonLogTime(ref line, StartOf(exchange.Record));
        line.Raw("] \""u8);
        if (Slice(fields, request.MethodToken) is { IsEmpty: false } method)
        {
            line.Quoted(method);
            line.Raw((byte)' ');
            var target = request.ReceivedTarget;
            line.Quoted(PathOf(fields, target));
            if (target.HasQuery && _query.IsLogged)
            {
                line.Raw((byte)'?');
                _query.Write(ref line, Slice(fields, target.Query), AccessLogFormat.Combined);
            }

            line.Raw((byte)' ');
            line.Raw(VersionOf(request));
        }
        else
        {
            line.Raw((byte)'-');
        }

        line.Raw("\" "u8);
        line.Number(exchange.Record.Status);
        line.Raw((byte)' ');
        line.Number(exchange.Record.ResponseContentBytes);
        line.Raw(" \""u8);
        var referer = FieldOf(fields, KnownField.Referer);
        if (referer.IsEmpty) line.Raw((byte)'-');
        else _query.WriteUrl(ref line, referer, AccessLogFormat.Combined);
        line.Raw("\" \""u8);
        var agent = FieldOf(fields, KnownField.UserAgent);
        if (agent.IsEmpty) line.Raw((byte)'-');
        else line.Quoted(agent);
        line.Raw((byte)'"');
    }

    private static void Value(scoped ref LineBuffer line, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        line.Raw(key);
        line.Json(value);
        line.Raw((byte)'"');
    }

    private static void Text(scoped ref LineBuffer line, ReadOnlySpan<byte> key, string? value)
    {
        if (value is null) return;
        line.Raw(key);
        line.Json(value);
        line.Raw((byte)'"');
    }

    /// <summary>The bytes of a slice, or none when the head was released or never got so far.</summary>
    private static ReadOnlySpan<byte> Slice(FieldSection fields, ByteSlice slice) =>
        slice.End <= fields.Length ? fields.Bytes(slice) : default;

    private static ReadOnlySpan<byte> FieldOf(FieldSection fields, KnownField known) =>
        fields.IndexOf(known) is var index and >= 0 ? fields.Value(index) : default;

    /// <summary>The normalised path, never the raw target: an absolute form may hold a password.</summary>
    private static ReadOnlySpan<byte> PathOf(FieldSection fields, scoped in RequestTarget target) => target.Form switch
    {
        TargetForm.Asterisk => "*"u8,
        TargetForm.Authority => Slice(fields, target.Authority),
        _ => Slice(fields, target.Path),
    };

    private static ReadOnlySpan<byte> VersionOf(RequestHead request) => request.Version switch
    {
        HttpVersion.Http10 => "HTTP/1.0"u8,
        HttpVersion.Http2 => "HTTP/2.0"u8,
        _ => "HTTP/1.1"u8,
    };

    /// <summary>The trace id inside traceparent, "version-traceid-parentid-flags" (W3C Trace Context 3.2).</summary>
    private static ReadOnlySpan<byte> TraceIdOf(FieldSection fields)
    {
        var parent = FieldOf(fields, KnownField.TraceParent);
        return parent.Length >= 55 && parent[2] == '-' && parent[35] == '-' ? parent.Slice(3, 32) : default;
    }

    /// <summary>Wall-clock time of the first byte: now, less what has passed on the monotonic clock.</summary>
    private DateTime StartOf(ExchangeRecord record)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return record.StartedAt == 0 ? now : now - time.GetElapsedTime(record.StartedAt);
    }

    private long Microseconds(long from, long to) =>
        from == 0 || to < from ? 0 : time.GetElapsedTime(from, to).Ticks / TimeSpan.TicksPerMicrosecond;

    private static void WriteRfc3339(scoped ref LineBuffer line, DateTime at)
    {
        var (date, clock) = at;
        line.Digits(date.Year, 4);
        line.Raw((byte)'-');
        line.Digits(date.Month, 2);
        line.Raw((byte)'-');
        line.Digits(date.Day, 2);
        line.Raw((byte)'T');
        WriteClock(ref line, clock);
        line.Raw((byte)'.');
        line.Digits(clock.Millisecond, 3);
        line.Raw((byte)'Z');
    }

    private static void WriteCommonLogTime(scoped ref LineBuffer line, DateTime at)
    {
        var (date, clock) = at;
        line.Digits(date.Day, 2);
        line.Raw((byte)'/');
        line.Raw("JanFebMarAprMayJunJulAugSepOctNovDec"u8.Slice((date.Month - 1) * 3, 3));
        line.Raw((byte)'/');
        line.Digits(date.Year, 4);
        line.Raw((byte)':');
        WriteClock(ref line, clock);
        line.Raw(" +0000"u8);
    }

    private static void WriteClock(scoped ref LineBuffer line, TimeOnly clock)
    {
        line.Digits(clock.Hour, 2);
        line.Raw((byte)':');
        line.Digits(clock.Minute, 2);
        line.Raw((byte)':');
        line.Digits(clock.Second, 2);
    }
}
