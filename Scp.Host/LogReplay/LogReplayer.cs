using System.Buffers;
using Scp.Actors.Configuration;
using Scp.Streams.Errors;
using Scp.Streams.Telemetry;

namespace Scp.Host.LogReplay;

/// <summary>Runs the requests of an access log through a configuration, and compares with what was decided of them.</summary>
/// <param name="settings">The configuration in question.</param>
/// <param name="old">The one to compare with; null compares with what the log says.</param>
/// <param name="limit">Lines that are read at most.</param>
/// <param name="seed">Of the random.</param>
/// <param name="time">For Date fields and for the progress.</param>
/// <param name="progress">Told the number of lines and bytes, every two seconds.</param>
internal sealed class LogReplayer(
    ProxySettings settings, ProxySettings? old, long limit, ulong seed, TimeProvider time, Action<long, long> progress)
{
    private const int LinesBetweenLooks = 4096;
    private const int LongestValue = 2048; // as the access log cuts it

    /// <summary>What can be decided again of a request that the proxy refused; other refusals hang on what is not in the log.</summary>
    private static readonly HashSet<string> Decidable =
        [ErrorReason.Text(ProxyError.NoRoute), ErrorReason.Text(ProxyError.MethodNotAllowed), ErrorReason.Text(ProxyError.ConnectNotAllowed)];

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);

    private readonly DecisionReplayer _after = new(settings, seed, time);
    private readonly DecisionReplayer? _before = old is null ? null : new DecisionReplayer(old, seed, time);
    private readonly LogComparison _comparison = new();
    private readonly LoggedRequest _request = new();
    private readonly HashSet<string> _loggedFields = new(StringComparer.OrdinalIgnoreCase) { "Host" };
    private long _bytes;
    private long _lastProgress;

    public async Task<LogReplayReport> RunAsync(Stream log, CancellationToken cancellation)
    {
        _lastProgress = time.GetTimestamp();
        if (limit > 0) await LogLines.ReadAsync(log, Take, cancellation);
        return _comparison.Report(Unpredictable.Of(settings, _loggedFields, old is null));
    }

    private bool Take(ReadOnlySequence<byte>? line)
    {
        var number = ++_comparison.Lines;
        _bytes += (line?.Length ?? LogLines.LongestLine) + 1;
        if (number % LinesBetweenLooks == 0) Look();
        if (line is { IsEmpty: true }) return number < limit;
        if (line is null) _comparison.AddBad(number, $"it is longer than {LogLines.LongestLine >> 10} KiB");
        else if (_request.Read(line.Value) is { Length: > 0 } fault) _comparison.AddBad(number, fault);
        else if (WhyNot() is { } reason) _comparison.AddSkipped(reason);
        else Compare();
        return number < limit;
    }

    private void Compare()
    {
        foreach (var (name, _) in _request.Fields)
            if (_loggedFields.Count < LongestValue) _loggedFields.Add(name);
        var before = _before is null ? ReplayedDecision.Logged(_request) : _before.Decide(_request);
        _comparison.Add(_request, before, _after.Decide(_request));
    }

    private string? WhyNot()
    {
        if (!_request.HasTarget) return "the request was refused before its target was known";
        if (_request is { Pool: null, Error: { } error } && !Decidable.Contains(error)) return $"refused with {error}, which hangs on what is not logged";
        if (_request.Path.Length >= LongestValue || _request.Query?.Length >= LongestValue) return "its target was cut in the log";
        if (!_after.HasListener(_request.Listener)) return "its listener is not in the new configuration";
        return _before?.HasListener(_request.Listener) == false ? "its listener is not in the old configuration" : null;
    }

    private void Look()
    {
        if (time.GetElapsedTime(_lastProgress) < ProgressInterval) return;
        _lastProgress = time.GetTimestamp();
        progress(_comparison.Lines, _bytes);
    }
}
