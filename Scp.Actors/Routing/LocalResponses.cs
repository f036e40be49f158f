using System.Globalization;
using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;

namespace Scp.Actors.Routing;

/// <summary>Answers with what the configuration says.</summary>
internal sealed class FixedResponder : ILocalResponder
{
    /// <summary>An edge may emit no more than its first credit without asking.</summary>
    public const int LargestBody = CreditWindow.Initial;

    private readonly int _status;
    private readonly byte[] _contentType;
    private readonly byte[] _body;
    private readonly (byte[] Name, byte[] Value)[] _fields;

    public FixedResponder(RespondSettings settings)
    {
        _status = settings.Status ?? throw new ArgumentException("no status", nameof(settings));
        _contentType = Encoding.UTF8.GetBytes(settings.ContentType);
        _body = Encoding.UTF8.GetBytes(settings.Body);
        _fields = [.. settings.Fields.Select(f => (Encoding.ASCII.GetBytes(f.Key), Encoding.UTF8.GetBytes(f.Value)))];
    }

    public void Respond(RequestHead request, ResponseHead response)
    {
        response.Status = _status;
        foreach (var (name, value) in _fields) response.Fields.Add(name, value);
        if (_body.Length > 0 && _contentType.Length > 0) response.Fields.Add(KnownField.ContentType, _contentType);
        LocalContent.Fill(request, response, _body);
    }
}

/// <summary>Sends the client elsewhere (RFC 9110 15.4).</summary>
internal sealed class RedirectResponder(int status, TargetTemplate location) : ILocalResponder
{
    public void Respond(RequestHead request, ResponseHead response)
    {
        // Without a host (HTTP/1.0) the location would name an empty one.
        response.Status = location.NeedsHost && request.Target.Host.IsEmpty ? 400 : status;
        if (response.Status == status)
        {
            var target = new ByteBuilder(stackalloc byte[512]);
            location.Write(ref target, request);
            response.Fields.Add(KnownField.Location, WithoutForeignAuthority(target.Written));
            target.Dispose();
        }

        LocalContent.Fill(request, response, []);
    }

    /// <summary>"//evil.example" would be another host to a browser, so a relative location begins with one "/" only.</summary>
    private static ReadOnlySpan<byte> WithoutForeignAuthority(ReadOnlySpan<byte> target)
    {
        while (target.Length > 1 && target[0] == '/' && target[1] == '/') target = target[1..];
        return target.IsEmpty ? "/"u8 : target;
    }
}

/// <summary>Gives a local response its content and its framing.</summary>
internal static class LocalContent
{
    public static void Fill(RequestHead request, ResponseHead response, byte[] body)
    {
        response.EndsMessage = true;
        if (response.Status is 204 or 304)
        {
            response.Framing = BodyFraming.None; // no Content-Length either (RFC 9110 8.6)
            return;
        }

        Span<byte> digits = stackalloc byte[11];
        body.Length.TryFormat(digits, out var count, provider: CultureInfo.InvariantCulture);
        response.Fields.Add(KnownField.ContentLength, digits[..count]);
        response.ContentLength = body.Length;
        var isHead = request.Method == Method.Head;
        response.Framing = isHead ? BodyFraming.None : BodyFraming.Length;
        if (!isHead) response.Content = ContentSlice.Copy(body);
    }
}
