using System.Buffers;
using System.Net;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Host.Explain;
using Scp.Streams.Balancing;
using Scp.Streams.Decisions;
using Scp.Streams.Dispatch;
using Scp.Streams.Http1;
using Scp.Streams.Messages;

namespace Scp.Host.LogReplay;

/// <summary>One configuration: decides requests of a log with the functions of live traffic, with all backends up and idle.</summary>
internal sealed class DecisionReplayer
{
    private readonly Dictionary<string, (ProxySnapshot Snapshot, Networks Trusted)> _listeners = [];
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly PickRandom _random;
    private readonly long _now;

    /// <param name="settings">The configuration.</param>
    /// <param name="seed">Of the random: two configurations that are the same decide the same.</param>
    /// <param name="time">For Date fields.</param>
    public DecisionReplayer(ProxySettings settings, ulong seed, TimeProvider time)
    {
        var explainer = Explainer.Offline(settings, time);
        foreach (var (name, listener) in settings.Listeners)
            _listeners[name] = (explainer.SnapshotOf(name, seed), Networks.Parse(listener.TrustedProxies));
        _random = new PickRandom(seed);
        _now = explainer.Now;
    }

    public bool HasListener(string name) => _listeners.ContainsKey(name);

    /// <summary>Decides a request whose listener it has.</summary>
    public ReplayedDecision Decide(LoggedRequest request)
    {
        var (snapshot, trusted) = _listeners[request.Listener];
        var client = new IPEndPoint(IPAddress.TryParse(request.Client, out var address) ? address : IPAddress.Loopback, 0);
        var info = ClientConnectionInfo.Create(0, request.Listener, client, client, client, trusted.Contains(client));
        var exchange = new Exchange(info, NoEdge.Instance) { Snapshot = snapshot };
        _bytes.ResetWrittenCount();
        request.WriteHead(_bytes);
        var scanned = 0;
        var status = Http1RequestParser.Parse(_bytes.WrittenSpan, exchange.Request, snapshot.Limits, ref scanned, out _, out var error);
        exchange.Request.EndsMessage = true;
        var decision = status == ParseStatus.Done
            ? Walk(exchange.Request)
            : new ReplayedDecision(null, null, null, ReplayedDecision.AnswerText(Scp.Streams.Errors.ErrorTable.Of(error).Status, error), null);
        exchange.Request.Fields.Release();
        return decision;
    }

    private ReplayedDecision Walk(RequestHead head)
    {
        var silent = default(SilentWalk);
        var walk = RequestWalk.Run(head, _now, _random, ref silent);
        var route = head.Exchange.Route?.Name;
        if (walk.Answer is { } answer)
        {
            var text = ReplayedDecision.AnswerText(answer.Status, walk.Error);
            answer.ReleaseContent();
            answer.Fields.Release();
            return new ReplayedDecision(route, null, null, text, null);
        }

        var sent = $"{head.Fields.Text(KnownField.Host)}{HeadText(head.PathBytes)}{(head.Target.HasQuery ? "?" + HeadText(head.QueryBytes) : "")}";
        return new ReplayedDecision(route, walk.Pool!.Name, walk.Pick.Backend?.Name, null, sent);
    }

    private static string HeadText(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    private sealed class NoEdge : IExchangeEdge
    {
        public static readonly NoEdge Instance = new();

        public void OnCredit(Exchange exchange)
        {
        }
    }
}
