using System.Text;

namespace Scp.Host.Hocon;

/// <summary>How includes reach files; tests replace it with a dictionary.</summary>
public abstract class HoconFiles
{
    public static HoconFiles Disk { get; } = new DiskFiles();

    public abstract bool Exists(string path);

    /// <summary>Reads at most <paramref name="limit"/> bytes of UTF-8; a problem is an answer, not an exception.</summary>
    public abstract FileReading Read(string path, int limit);

    /// <summary>The same for every way of naming one file.</summary>
    public virtual string Identify(string path) => path.Length == 0 || path.Contains('\0') ? path : Path.GetFullPath(path);

    public virtual string Resolve(string includingFile, string name) =>
        Path.IsPathRooted(name) ? name : Path.Combine(Path.GetDirectoryName(includingFile) ?? "", name);

    /// <summary>Strict UTF-8, so that a file in another encoding is an error and not a riddle.</summary>
    protected static FileReading Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            return new FileReading(strict.GetString(bytes), bytes.Length, null);
        }
        catch (DecoderFallbackException e)
        {
            return new FileReading("", 0, $"byte {e.Index} is not valid UTF-8; save the file as UTF-8");
        }
    }
}

public readonly record struct FileReading(string Text, int Bytes, string? Problem);
