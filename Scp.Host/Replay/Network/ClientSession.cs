using System.Text;
using Scp.Host.Replay.Time;

namespace Scp.Host.Replay.Network;

/// <summary>One keep-alive connection of a virtual client to the proxy: one request at a time.</summary>
internal sealed class ClientSession(VirtualClient client, VirtualLoop loop) : IVirtualPeer
{
    private readonly MessageScanner _responses = new();
    private ClientRequest? _current;
    private VirtualEvent? _patience;

    /// <summary>Set before the first request.</summary>
    public VirtualTransport Transport { get; set; } = null!;

    public bool IsOpen { get; private set; } = true;

    public void Send(ClientRequest request)
    {
        _current = request;
        if (client.Patience != Timeout.InfiniteTimeSpan) _patience = loop.After(client.Patience, GiveUp);
        Transport.Deliver(Encoding.Latin1.GetBytes(request.Text));
    }

    public void OnBytes(ReadOnlySpan<byte> bytes)
    {
        _responses.Add(bytes);
        if (_current is not { } request || _responses.Take(request.IsHead) is not { } head) return;
        var status = int.Parse(head.AsSpan(9, 3));
        var closes = MessageScanner.Field(head, "connection") == "close";
        End(request, status, MessageScanner.Field(head, VirtualBackend.NameField), NoAnswer.None);
        if (closes) Close();
        else loop.Post(() => client.Free(this));
    }

    public void OnEnd() => Close();

    public void OnClosed(bool isReset) => Close();

    private void GiveUp()
    {
        if (_current is not { } request) return;
        End(request, 0, null, NoAnswer.TimedOut);
        Transport.DeliverReset();
        Close();
    }

    private void Close()
    {
        if (!IsOpen) return;
        IsOpen = false;
        if (_current is { } request) End(request, 0, null, NoAnswer.Cut);
        loop.Post(client.Lost);
    }

    private void End(ClientRequest request, int status, string? backend, NoAnswer reason)
    {
        _current = null;
        _patience?.Cancel();
        client.Observer.OnEnded(request, status, backend, reason);
    }
}
