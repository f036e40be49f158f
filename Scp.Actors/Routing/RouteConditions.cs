using System.Text;
using Scp.Streams.Messages;

namespace Scp.Actors.Routing;

/// <summary>
/// What a route asks of a request besides host and path. The method is looked at last, so that a route that refuses a request for its
/// method alone is known: that is a 405, not a 404.
/// </summary>
internal sealed class RouteConditions
{
    private readonly HeaderCondition[] _headers;
    private readonly QueryCondition[] _query;
    private readonly byte[][] _methods;

    public RouteConditions(RouteSettings settings)
    {
        Methods = settings.Method;
        _methods = [.. settings.Method.Select(Encoding.ASCII.GetBytes)];
        _headers = [.. settings.Header.Select(h => new HeaderCondition(h.Key, ValuePattern.Parse(h.Value)))];
        _query = [.. settings.Query.Select(q => new QueryCondition(q.Key, ValuePattern.Parse(q.Value)))];
    }

    public IReadOnlyList<string> Methods { get; }

    /// <summary>How many conditions there are; all the methods together are one. The more, the more specific.</summary>
    public int Count => (_methods.Length > 0 ? 1 : 0) + _headers.Length + _query.Length;

    /// <summary>Matched, or the first part that differs; <paramref name="index"/> says which condition of that part.</summary>
    public RouteVerdict Judge(RequestHead request, out int index)
    {
        for (index = 0; index < _headers.Length; index++)
            if (!_headers[index].Holds(request.Fields)) return RouteVerdict.HeaderDiffers;
        for (index = 0; index < _query.Length; index++)
            if (!_query[index].Holds(request)) return RouteVerdict.QueryDiffers;
        index = 0;
        return HasMethod(request.MethodBytes) ? RouteVerdict.Matched : RouteVerdict.MethodDiffers;
    }

    /// <summary>Why <see cref="Judge"/> said so, for people.</summary>
    public string Explain(RouteVerdict verdict, int index) => verdict switch
    {
        RouteVerdict.HeaderDiffers => $"no header {_headers[index]}",
        RouteVerdict.QueryDiffers => $"no query parameter {_query[index]}",
        RouteVerdict.MethodDiffers => $"method is not {string.Join(", ", Methods)}",
        _ => "",
    };

    private bool HasMethod(ReadOnlySpan<byte> method)
    {
        foreach (var candidate in _methods)
            if (method.SequenceEqual(candidate)) return true;
        return _methods.Length == 0;
    }

    /// <summary>One of the field lines with that name has the value.</summary>
    private sealed class HeaderCondition(string name, ValuePattern value)
    {
        private readonly byte[] _name = Encoding.ASCII.GetBytes(name);
        private readonly KnownField _known = FieldNames.Recognise(Encoding.ASCII.GetBytes(name));

        public bool Holds(FieldSection fields)
        {
            for (var i = Next(fields, 0); i >= 0; i = Next(fields, i + 1))
                if (value.Matches(fields.Value(i))) return true;
            return false;
        }

        public override string ToString() => $"\"{name}\" = \"{value.Text}\"";

        private int Next(FieldSection fields, int from) =>
            _known == KnownField.Unknown ? fields.IndexOf(_name, from) : fields.IndexOf(_known, from);
    }

    /// <summary>One of the parameters with that name has the value.</summary>
    private sealed class QueryCondition(string name, ValuePattern value)
    {
        private readonly ValuePattern _name = ValuePattern.Exactly(name);

        public bool Holds(RequestHead request)
        {
            for (var query = request.QueryBytes; !query.IsEmpty;)
            {
                QueryText.Next(ref query, out var key, out var text);
                if (_name.MatchesEncoded(key) && value.MatchesEncoded(text)) return true;
            }

            return false;
        }

        public override string ToString() => $"\"{name}\" = \"{value.Text}\"";
    }
}
