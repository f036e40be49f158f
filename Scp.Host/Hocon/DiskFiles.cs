namespace Scp.Host.Hocon;

internal sealed class DiskFiles : HoconFiles
{
    public override bool Exists(string path) => Path.Exists(path);

    public override FileReading Read(string path, int limit)
    {
        try
        {
            if (Directory.Exists(path)) return new FileReading("", 0, "it is a directory");
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var buffer = new byte[stream.CanSeek ? Math.Min(stream.Length, limit) + 1 : 4096];
            var length = 0;
            int count;
            while ((count = stream.Read(buffer, length, buffer.Length - length)) > 0)
            {
                length += count;
                if (length > limit) return new FileReading("", 0, $"it is larger than {limit} bytes");
                if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(2 * buffer.Length, limit + 1));
            }
            return Decode(buffer.AsSpan(0, length));
        }
        catch (FileNotFoundException)
        {
            return new FileReading("", 0, "it does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return new FileReading("", 0, e.Message);
        }
    }
}
