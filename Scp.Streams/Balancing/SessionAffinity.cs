using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;

namespace Scp.Streams.Balancing;

/// <summary>
/// Keeps the requests of a session at one backend, by a signed token in a cookie or a field. It holds no state of sessions: the token is
/// all there is, so any proxy that knows the secret understands it. A token that is wrong, or of another pool, is no token.
/// </summary>
public sealed class SessionAffinity
{
    private readonly string _pool;
    private readonly byte[] _secret;
    private readonly byte[] _name;
    private readonly string _attributes;

    /// <summary>Signed once for each backend, for as long as it lives.</summary>
    private readonly ConditionalWeakTable<Backend, Binding> _bindings = [];
    private readonly ConditionalWeakTable<Backend, Binding>.CreateValueCallback _bind;

    /// <param name="pool">The pool's name: a token is worth nothing in another one.</param>
    /// <param name="settings">Settings whose mode is not off.</param>
    public SessionAffinity(string pool, AffinitySettings settings)
    {
        Settings = settings;
        _pool = pool;
        _secret = Encoding.UTF8.GetBytes(settings.Secret);
        _name = Encoding.ASCII.GetBytes(settings.Name);
        _attributes = AttributesOf(settings.Cookie);
        _bind = Bind;
    }

    public AffinitySettings Settings { get; }

    /// <summary>The backend that a request's session is bound to; null when it has no session that this pool knows.</summary>
    public Backend? Find(RequestHead request, SessionIndex index)
    {
        var fields = request.Fields;
        if (Settings.Mode == AffinityMode.Header)
            return fields.IndexOf(_name) is var line and >= 0 ? index.Find(fields.Value(line)) : null;
        for (var line = fields.IndexOf(KnownField.Cookie); line >= 0; line = fields.IndexOf(KnownField.Cookie, line + 1))
            if (FindInCookies(fields.Value(line), index) is { } backend) return backend;
        return null;
    }

    /// <summary>Binds the session of a response to the backend that it came from.</summary>
    public void Write(ResponseHead response, Backend backend)
    {
        var binding = BindingOf(backend);
        if (Settings.Mode == AffinityMode.Cookie)
        {
            response.Fields.Add(KnownField.SetCookie, binding.Cookie);
            return;
        }

        response.Fields.Remove(_name); // what the backend says of it binds nobody
        response.Fields.Add(_name, binding.Token);
    }

    /// <summary>The token of a backend, as text in ASCII.</summary>
    internal byte[] TokenOf(Backend backend) => BindingOf(backend).Token;

    private Binding BindingOf(Backend backend) => _bindings.GetValue(backend, _bind);

    /// <summary>cookie-string (RFC 6265 4.2.1). Two of one name happen, where paths overlap: the first that is good counts.</summary>
    private Backend? FindInCookies(ReadOnlySpan<byte> cookies, SessionIndex index)
    {
        while (!cookies.IsEmpty)
        {
            var end = cookies.IndexOf((byte)';');
            var cookie = FieldValue.Trim(end < 0 ? cookies : cookies[..end]);
            cookies = end < 0 ? default : cookies[(end + 1)..];
            if (cookie.Length <= _name.Length || cookie[_name.Length] != '=' || !cookie.StartsWith(_name)) continue;
            if (index.Find(cookie[(_name.Length + 1)..].Trim((byte)'"')) is { } backend) return backend;
        }

        return null;
    }

    private Binding Bind(Backend backend)
    {
        var token = SessionToken.Create(_secret, _pool, backend.Name);
        return new Binding(token, [.. _name, (byte)'=', .. token, .. Encoding.ASCII.GetBytes(_attributes)]);
    }

    private static string AttributesOf(AffinityCookieSettings cookie) =>
        $"; Path={cookie.Path}"
        + (cookie.MaxAge > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"; Max-Age={Math.Max(1, (long)cookie.MaxAge.TotalSeconds)}")
            : "")
        + (cookie.Secure ? "; Secure" : "")
        + "; HttpOnly"
        + (cookie.SameSite == SameSite.Off ? "" : $"; SameSite={cookie.SameSite}");

    /// <param name="Token">The token.</param>
    /// <param name="Cookie">The value of Set-Cookie that carries it.</param>
    private sealed record Binding(byte[] Token, byte[] Cookie);
}
