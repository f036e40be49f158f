namespace Scp.Streams.Telemetry;

/// <summary>
/// Where the access log's writer puts whole lines. Used by that one thread, except <see cref="Reopen"/>. May block and may throw.
/// </summary>
internal interface ILogSink : IDisposable
{
    void Write(ReadOnlySpan<byte> lines);

    /// <summary>Opens the file anew before the next write: logrotate has moved it. Called from any thread.</summary>
    void Reopen();
}

/// <summary>Appends to standard output.</summary>
internal sealed class StandardOutputSink : ILogSink
{
    private readonly Stream _stream = Console.OpenStandardOutput();

    public void Write(ReadOnlySpan<byte> lines) => _stream.Write(lines);

    public void Reopen()
    {
    }

    public void Dispose() => _stream.Dispose();
}

/// <summary>
/// Appends to a file. Each batch goes to the end as it is then, so copytruncate works; a file whose name is gone is made again after
/// a grace, so a removed directory heals; a batch that was cut short by a full disk is closed by a line end before the next one.
/// </summary>
internal sealed class FileSink(string path, TimeProvider time, Func<string, FileStream> open) : ILogSink
{
    /// <summary>How long the name may be missing: logrotate moves a file before it makes the new one.</summary>
    private static readonly TimeSpan MissingGrace = TimeSpan.FromSeconds(2);

    private FileStream? _file;
    private bool _torn;
    private bool _reopen;
    private long _checkedAt;
    private int _timesMissing;

    public FileSink(string path, TimeProvider time)
        : this(path, time, OpenToAppend)
    {
    }

    public void Reopen() => Volatile.Write(ref _reopen, true);

    public void Write(ReadOnlySpan<byte> lines)
    {
        if (Interlocked.Exchange(ref _reopen, false) || IsGone()) Close();
        var file = _file ??= Open();
        var before = file.CanSeek ? file.Seek(0, SeekOrigin.End) : 0;
        try
        {
            if (_torn)
            {
                file.Write("\n"u8);
                _torn = false;
                before++;
            }

            file.Write(lines);
        }
        catch (IOException)
        {
            _torn |= file.CanSeek && file.Length != before;
            Close();
            throw;
        }
    }

    public void Dispose() => Close();

    private FileStream Open()
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory) Directory.CreateDirectory(directory);
        _timesMissing = 0;
        _checkedAt = time.GetTimestamp();
        return open(path);
    }

    private static FileStream OpenToAppend(string path) =>
        new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private bool IsGone()
    {
        if (_file is null || time.GetElapsedTime(_checkedAt) < MissingGrace / 2) return false;
        _checkedAt = time.GetTimestamp();
        _timesMissing = File.Exists(path) ? 0 : _timesMissing + 1;
        return _timesMissing > 1;
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
