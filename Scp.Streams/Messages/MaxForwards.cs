using System.Buffers.Text;
using Scp.Streams.Errors;

namespace Scp.Streams.Messages;

/// <summary>
/// Max-Forwards (RFC 9110 7.6.2): how many proxies a TRACE or OPTIONS request may still pass; every other method ignores it.
/// </summary>
public static class MaxForwards
{
    /// <summary>Counts down. At zero this proxy is the last recipient and answers with <see cref="Answer"/>.</summary>
    public static ProxyError Apply(RequestHead request, out bool isLastRecipient)
    {
        isLastRecipient = false;
        if (request.Method is not (Method.Trace or Method.Options)) return ProxyError.None;
        var fields = request.Fields;
        var index = fields.IndexOf(KnownField.MaxForwards);
        if (index < 0) return ProxyError.None;
        if (fields.IndexOf(KnownField.MaxForwards, index + 1) >= 0 || !TryParse(fields.Value(index), out var left))
            return ProxyError.MalformedField;

        isLastRecipient = left == 0;
        if (isLastRecipient) return ProxyError.None;
        Span<byte> text = stackalloc byte[10];
        Utf8Formatter.TryFormat(left - 1, text, out var length);
        fields.SetValue(index, fields.AppendBytes(text[..length]));
        return ProxyError.None;
    }

    /// <summary>The answer of the last recipient: OPTIONS gets the methods that pass here, TRACE the request head as received.</summary>
    public static void Answer(RequestHead request, ResponseHead response, HttpDate date)
    {
        response.Status = 200;
        response.EndsMessage = true;
        response.Framing = BodyFraming.Length;
        response.Fields.Add(KnownField.Date, date.Bytes);
        if (request.Method == Method.Trace)
        {
            response.Fields.Add(KnownField.ContentType, "message/http"u8);
            response.Content = Echo(request);
        }
        else
        {
            response.Fields.Add(KnownField.Allow, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE"u8);
        }

        response.ContentLength = response.Content.Length;
        Span<byte> text = stackalloc byte[11];
        Utf8Formatter.TryFormat(response.Content.Length, text, out var length);
        response.Fields.Add(KnownField.ContentLength, text[..length]);
    }

    /// <summary>Digits only; a number too large to count is as good as the largest that is not.</summary>
    private static bool TryParse(ReadOnlySpan<byte> value, out int number)
    {
        number = 0;
        foreach (var b in value)
        {
            if (!char.IsAsciiDigit((char)b)) return false;
            number = (int)Math.Min(int.MaxValue, (number * 10L) + (b - '0'));
        }

        return !value.IsEmpty;
    }

    /// <summary>Without what could be secret (RFC 9110 9.3.8).</summary>
    private static ContentSlice Echo(RequestHead request)
    {
        var echo = new FieldSection();
        echo.AppendBytes(request.MethodBytes);
        echo.AppendBytes(" "u8);
        echo.AppendBytes(request.Fields.Bytes(request.Target.Raw));
        echo.AppendBytes(request.Version == HttpVersion.Http10 ? " HTTP/1.0\r\n"u8 : " HTTP/1.1\r\n"u8);
        for (var i = 0; i < request.Fields.Count; i++)
        {
            if (request.Fields.IsRemoved(i) || IsSecret(request.Fields.Known(i))) continue;
            echo.AppendBytes(request.Fields.Name(i));
            echo.AppendBytes(": "u8);
            echo.AppendBytes(request.Fields.Value(i));
            echo.AppendBytes("\r\n"u8);
        }

        echo.AppendBytes("\r\n"u8);
        var content = ContentSlice.Copy(echo.Bytes(new ByteSlice(0, echo.Length)));
        echo.Release();
        return content;
    }

    private static bool IsSecret(KnownField known) =>
        known is KnownField.Authorization or KnownField.ProxyAuthorization or KnownField.Cookie;
}
