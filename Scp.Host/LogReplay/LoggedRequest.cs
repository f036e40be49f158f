using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Scp.Host.LogReplay;

/// <summary>
/// One line of the access log (access-log.format = json), as far as it tells the request and what was decided. Filled again for each line.
/// </summary>
internal sealed class LoggedRequest
{
    public string Client { get; private set; } = "";

    public string Listener { get; private set; } = "";

    public string Method { get; private set; } = "";

    public string Host { get; private set; } = "";

    public string Path { get; private set; } = "";

    /// <summary>Null for none.</summary>
    public string? Query { get; private set; }

    public bool IsHttp10 { get; private set; }

    public int Status { get; private set; }

    public string? Error { get; private set; }

    public string? Route { get; private set; }

    public string? Pool { get; private set; }

    public string? Backend { get; private set; }

    /// <summary>Request fields that were logged, name and value.</summary>
    public List<(string Name, string Value)> Fields { get; } = [];

    /// <summary>The request was understood far enough to have a target.</summary>
    public bool HasTarget => Method.Length > 0 && Path.Length > 0;

    public string Text => $"{Method} {(Host.Length > 0 ? "http://" + Host : "")}{Path}{(Query is null ? "" : "?" + Query)}";

    /// <summary>Reads a line; what is wrong with it, or an empty text.</summary>
    public string Read(ReadOnlySequence<byte> line)
    {
        Clear();
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 4 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return "it is no JSON object";
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadProperty(ref reader);
            if (reader.Read()) return "something follows the object";
        }
        catch (JsonException cause)
        {
            return $"it is no JSON: {cause.Message.Split(" LineNumber")[0].TrimEnd('.')}";
        }
        catch (InvalidOperationException)
        {
            return "a value is of the wrong kind";
        }

        if (Status == 0 || Listener.Length == 0) return "it has no status or listener: only the JSON access log of scpd can be replayed";
        return HoldsControl(Host) || HoldsControl(Path) || HoldsControl(Query) || HoldsControl(Method) || Fields.Exists(f => HoldsControl(f.Value))
            ? "it holds a control character where no request can have one"
            : "";
    }

    /// <summary>Writes the head as it may have looked; true when it is one that can be parsed.</summary>
    public void WriteHead(ArrayBufferWriter<byte> output)
    {
        Write(output, Method);
        Write(output, " ");
        Write(output, Path);
        if (Query is not null) Write(output, "?" + Query);
        Write(output, IsHttp10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
        if (Host.Length > 0) WriteField(output, "Host", Host);
        foreach (var (name, value) in Fields) WriteField(output, name, value);
        Write(output, "\r\n");
    }

    private void ReadProperty(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        reader.Read();
        switch (name)
        {
            case "client": Client = reader.GetString() ?? ""; break;
            case "listener": Listener = reader.GetString() ?? ""; break;
            case "method": Method = reader.GetString() ?? ""; break;
            case "host": Host = reader.GetString() ?? ""; break;
            case "path": Path = reader.GetString() ?? ""; break;
            case "query": Query = reader.GetString(); break;
            case "version": IsHttp10 = reader.ValueTextEquals("HTTP/1.0"u8); break;
            case "status": Status = reader.GetInt32(); break;
            case "error": Error = reader.GetString(); break;
            case "route": Route = reader.GetString(); break;
            case "pool": Pool = reader.GetString(); break;
            case "backend": Backend = reader.GetString(); break;
            case "user_agent": Fields.Add(("User-Agent", reader.GetString() ?? "")); break;
            case "referer": Fields.Add(("Referer", reader.GetString() ?? "")); break;
            case "fields" when reader.TokenType == JsonTokenType.StartObject: ReadFields(ref reader); break;
            default: reader.Skip(); break;
        }
    }

    private void ReadFields(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var value = reader.GetString() ?? "";
            if (name is "host" or "content-length" or "transfer-encoding" or "connection" or "expect" or "upgrade" or "user-agent" or "referer") continue;
            Fields.Add((name, value));
        }
    }

    private void Clear()
    {
        Client = Listener = Method = Host = Path = "";
        Query = Error = Route = Pool = Backend = null;
        IsHttp10 = false;
        Status = 0;
        Fields.Clear();
    }

    private static bool HoldsControl(string? text) => text.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0;

    private static void WriteField(ArrayBufferWriter<byte> output, string name, string value)
    {
        Write(output, name);
        Write(output, ": ");
        Write(output, value);
        Write(output, "\r\n");
    }

    private static void Write(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
