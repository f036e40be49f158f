using System.Text;
using Scp.Streams.Balancing;
using Scp.Streams.Messages;

namespace Scp.Host.Configuration;

/// <summary>Checks scp.pools.*.affinity. Pure.</summary>
internal static class AffinityValidator
{
    /// <summary>Shorter ones can be guessed: 16 characters of base64 are 96 bits.</summary>
    public const int ShortestSecret = 16;

    /// <summary>Every mistake: the key below affinity, and what is wrong with it.</summary>
    public static IEnumerable<(string Key, string Message)> Check(AffinitySettings settings)
    {
        if (settings.Mode == AffinityMode.Off) yield break;
        if (settings.Secret.Length < ShortestSecret)
            yield return ("secret", $"must have at least {ShortestSecret} characters when mode is not off; `openssl rand -base64 32` makes one");
        if (!FieldValue.IsToken(Encoding.UTF8.GetBytes(settings.Name)))
            yield return ("name", "must be a token: letters, digits and !#$%&'*+-.^_`|~");
        else if (settings.Mode == AffinityMode.Header && FieldNames.Recognise(Encoding.ASCII.GetBytes(settings.Name)) != KnownField.Unknown)
            yield return ("name", $"{settings.Name} has a meaning of its own; take a field that nobody else uses");
        if (settings.Mode != AffinityMode.Cookie) yield break;
        var cookie = settings.Cookie;
        if (!cookie.Path.StartsWith('/') || cookie.Path.Any(c => c is ';' or <= ' ' or > '~'))
            yield return ("cookie.path", "must begin with / and hold neither spaces, nor semicolons, nor anything but ASCII");
        if (cookie is { SameSite: SameSite.None, Secure: false })
            yield return ("cookie.same-site", "none needs secure = on: browsers refuse such a cookie otherwise");
        if (settings.Name.StartsWith("__Secure-", StringComparison.Ordinal) && !cookie.Secure)
            yield return ("name", "a cookie whose name begins with __Secure- needs secure = on");
        if (settings.Name.StartsWith("__Host-", StringComparison.Ordinal) && (!cookie.Secure || cookie.Path != "/"))
            yield return ("name", "a cookie whose name begins with __Host- needs secure = on and path = \"/\"");
    }
}
