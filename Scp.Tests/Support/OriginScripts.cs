namespace Scp.Tests.Support;

/// <summary>What origins answer.</summary>
internal static class OriginScripts
{
    public const string OkResponse = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>Every request gets "ok".</summary>
    public static void Ok(MemoryOriginConnection connection) => Answer(connection, _ => OkResponse);

    /// <summary>Every request gets this text.</summary>
    public static Action<MemoryOriginConnection> Say(string response) => connection => Answer(connection, _ => response);

    /// <summary>Every request gets this text, and then FIN.</summary>
    public static Action<MemoryOriginConnection> SayAndClose(string response) => connection =>
    {
        if (!connection.TryTake(out _)) return;
        connection.Send(response);
        connection.Finish();
    };

    /// <summary>Nothing is answered: the test does it.</summary>
    public static void Nothing(MemoryOriginConnection connection)
    {
    }

    /// <summary>Every complete request gets what the function makes of it.</summary>
    public static Action<MemoryOriginConnection> Respond(Func<string, string> answer) => connection => Answer(connection, answer);

    private static void Answer(MemoryOriginConnection connection, Func<string, string> answer)
    {
        while (connection.TryTake(out var request)) connection.Send(answer(request));
    }
}
