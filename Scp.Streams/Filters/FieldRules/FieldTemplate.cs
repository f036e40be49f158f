using System.Buffers.Text;
using System.Text;
using Scp.Streams.Messages;

namespace Scp.Streams.Filters.FieldRules;

/// <summary>
/// A field value with variables, compiled once: <c>{client-ip}</c>, <c>{host}</c>, <c>{path}</c>, <c>{method}</c>, <c>{scheme}</c>,
/// <c>{route}</c>, <c>{request-id}</c> (connection and exchange number, unique within the process), <c>{field:Name}</c> (of the message
/// that the rule changes, its first line). <c>{{</c> and <c>}}</c> are braces.
/// </summary>
public sealed class FieldTemplate
{
    private enum Variable : byte
    {
        Literal,
        ClientIp,
        Host,
        Path,
        Method,
        Scheme,
        Route,
        RequestId,
        Field,
    }

    private readonly record struct Segment(Variable Variable, byte[] Bytes);

    private readonly Segment[] _segments;

    private FieldTemplate(Segment[] segments) => _segments = segments;

    /// <summary>Null when the text is invalid; then the errors say why.</summary>
    public static FieldTemplate? Compile(string text, ICollection<string> errors)
    {
        var errorsBefore = errors.Count;
        var segments = new List<Segment>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '{' or '}' && i + 1 < text.Length && text[i + 1] == c)
            {
                literal.Append(c);
                i++;
            }
            else if (c == '{' && text.IndexOf('}', i) is var end and > 0)
            {
                AddLiteral(segments, literal);
                if (Parse(text[(i + 1)..end], errors) is { } segment) segments.Add(segment);
                i = end;
            }
            else if (c is '{' or '}') errors.Add($"\"{text}\" has a single \"{c}\": write \"{c}{c}\" for the brace itself.");
            else literal.Append(c);
        }

        AddLiteral(segments, literal);
        if (!FieldValue.IsFieldValue(Encoding.UTF8.GetBytes(text)) || text.Any(c => c > 0x7E))
            errors.Add($"\"{text}\" is no field value: visible ASCII characters, with blanks and tabs only between them.");
        return errors.Count == errorsBefore ? new FieldTemplate([.. segments]) : null;
    }

    /// <summary>Writes the value to the end of the section's buffer.</summary>
    public ByteSlice Write(FieldSection fields, Exchange exchange)
    {
        var start = fields.Length;
        foreach (var segment in _segments) Write(segment, fields, exchange);
        return new ByteSlice(start, fields.Length - start);
    }

    private static void Write(Segment segment, FieldSection fields, Exchange exchange)
    {
        var request = exchange.Request;
        switch (segment.Variable)
        {
            case Variable.Literal: fields.AppendBytes(segment.Bytes); break;
            case Variable.ClientIp: fields.AppendBytes(exchange.Connection.RemoteTextBytes); break;
            case Variable.Host: fields.AppendBytes(request.HostBytes); break;
            case Variable.Path: fields.AppendBytes(request.PathBytes); break;
            case Variable.Method: fields.AppendBytes(request.MethodBytes); break;
            case Variable.Scheme: fields.AppendBytes(exchange.Connection.IsTls ? "https"u8 : "http"u8); break;
            case Variable.Route: WriteText(fields, exchange.Route?.Name ?? ""); break;
            case Variable.RequestId: WriteRequestId(fields, exchange); break;
            case Variable.Field when fields.IndexOf(segment.Bytes) is var i and >= 0: fields.AppendBytes(fields.Value(i)); break;
        }
    }

    private static void WriteRequestId(FieldSection fields, Exchange exchange)
    {
        Span<byte> text = stackalloc byte[33];
        Utf8Formatter.TryFormat(exchange.Connection.Id, text, out var length, 'x');
        text[length++] = (byte)'-';
        Utf8Formatter.TryFormat(exchange.Number, text[length..], out var more, 'x');
        fields.AppendBytes(text[..(length + more)]);
    }

    /// <summary>A name from the configuration may hold anything; what is no visible ASCII character becomes "?".</summary>
    private static void WriteText(FieldSection fields, string text)
    {
        Span<byte> bytes = text.Length <= 256 ? stackalloc byte[text.Length] : new byte[text.Length];
        for (var i = 0; i < text.Length; i++) bytes[i] = text[i] is >= ' ' and <= '~' ? (byte)text[i] : (byte)'?';
        fields.AppendBytes(bytes);
    }

    private static void AddLiteral(List<Segment> segments, StringBuilder literal)
    {
        if (literal.Length == 0) return;
        segments.Add(new Segment(Variable.Literal, Encoding.UTF8.GetBytes(literal.ToString())));
        literal.Clear();
    }

    private static Segment? Parse(string name, ICollection<string> errors)
    {
        if (name.StartsWith("field:", StringComparison.Ordinal))
        {
            var field = Encoding.UTF8.GetBytes(name["field:".Length..]);
            if (FieldValue.IsToken(field)) return new Segment(Variable.Field, field);
            errors.Add($"\"{{{name}}}\" does not name a field.");
            return null;
        }

        var variable = name switch
        {
            "client-ip" => Variable.ClientIp,
            "host" => Variable.Host,
            "path" => Variable.Path,
            "method" => Variable.Method,
            "scheme" => Variable.Scheme,
            "route" => Variable.Route,
            "request-id" => Variable.RequestId,
            _ => Variable.Literal,
        };
        if (variable != Variable.Literal) return new Segment(variable, []);
        errors.Add(
            $"\"{{{name}}}\" is no variable; there are {{client-ip}}, {{host}}, {{path}}, {{method}}, {{scheme}}, {{route}}, {{request-id}}"
            + " and {field:Name}.");
        return null;
    }
}
