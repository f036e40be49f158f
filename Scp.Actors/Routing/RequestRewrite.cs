using System.Globalization;
using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;

namespace Scp.Actors.Routing;

/// <summary>
/// Changes the target of a request before it is forwarded: strips and adds prefixes, or writes a new path, and names another host. The
/// path that comes out is normalised, whatever a capture held.
/// </summary>
internal sealed class RequestRewrite : IRequestRewrite
{
    public const string KeepHost = "keep";
    public const string BackendHost = "backend";

    private readonly byte[] _stripPrefix;
    private readonly byte[] _addPrefix;
    private readonly TargetTemplate? _path;
    private readonly byte[]? _authority;
    private readonly int _hostLength;
    private readonly ushort _port;

    private RequestRewrite(RewriteSettings settings, PathPattern pattern)
    {
        _stripPrefix = UriText.EncodePath(settings.StripPrefix ?? "");
        _addPrefix = UriText.EncodePath(settings.AddPrefix ?? "");
        if (settings.Path is not null)
            _path = TargetTemplate.TryParse(settings.Path, pattern, out var error) ?? throw new ArgumentException(error, nameof(settings));
        if (settings.Host is null or KeepHost or BackendHost) return;
        if (!TrySplitAuthority(settings.Host, out var host, out _port, out var wrong)) throw new ArgumentException(wrong, nameof(settings));
        _authority = Encoding.ASCII.GetBytes(settings.Host.ToLowerInvariant());
        _hostLength = host.Length;
    }

    /// <summary>The rewrite for requests that matched a path pattern, null when there is nothing to change.</summary>
    public static RequestRewrite? Create(RewriteSettings settings, PathPattern pattern)
    {
        var changesPath = settings.StripPrefix is not null || settings.AddPrefix is not null || settings.Path is not null;
        return changesPath || settings.Host is not (null or KeepHost or BackendHost) ? new RequestRewrite(settings, pattern) : null;
    }

    public void Apply(RequestHead request)
    {
        if (!request.Target.Path.IsEmpty && (_path is not null || _stripPrefix.Length + _addPrefix.Length > 0)) RewritePath(request);
        if (_authority is not null) RewriteHost(request, _authority);
    }

    /// <summary>Splits "host" or "host:port".</summary>
    public static bool TrySplitAuthority(string text, out string host, out ushort port, out string error)
    {
        var colon = text.LastIndexOf(':');
        if (colon < text.LastIndexOf(']')) colon = -1;
        host = colon < 0 ? text : text[..colon];
        port = 0;
        if (colon >= 0 && (!ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port == 0))
        {
            error = "its port is not a number from 1 to 65535";
            return false;
        }

        if (HostPattern.TryParse(host, out error) is { Kind: HostKind.Wildcard }) error = "it is a pattern";
        return error.Length == 0;
    }

    private void RewritePath(RequestHead request)
    {
        var path = new ByteBuilder(stackalloc byte[512]);
        if (_path is not null)
        {
            _path.Write(ref path, request);
        }
        else
        {
            path.Append(_addPrefix);
            UriText.AppendPath(ref path, WithoutPrefix(request.PathBytes));
        }

        UriText.FinishPath(ref path);
        request.Target.Path = request.Fields.AppendBytes(path.Written);
        path.Dispose();
    }

    /// <summary>The path without the prefix, if it has it as whole segments; begins with "/" (or is empty after a whole match).</summary>
    private ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> path)
    {
        if (_stripPrefix.Length == 0 || !path.StartsWith(_stripPrefix)) return path;
        var rest = path[_stripPrefix.Length..];
        if (rest.IsEmpty) return _addPrefix.Length > 0 ? rest : "/"u8;
        return rest[0] == '/' ? rest : path;
    }

    private void RewriteHost(RequestHead request, byte[] authority)
    {
        var slice = request.Fields.AppendBytes(authority);
        request.Target.Authority = slice;
        request.Target.Host = new ByteSlice(slice.Offset, _hostLength);
        request.Target.Port = _port;
        var line = request.Fields.IndexOf(KnownField.Host);
        if (line >= 0) request.Fields.SetValue(line, slice);
    }
}
