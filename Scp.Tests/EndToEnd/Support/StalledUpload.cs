namespace Scp.Tests.EndToEnd.Support;

/// <summary>An upload in blocks, of which a test wants to know when it can go no further.</summary>
internal sealed class StalledUpload
{
    private static readonly TimeSpan Still = TimeSpan.FromMilliseconds(300);

    private long _sent;

    public StalledUpload(RawConnection client, long size) => Completion = Task.Run(() => UploadAsync(client, size));

    /// <summary>True when all of it was taken.</summary>
    public Task<bool> Completion { get; }

    /// <summary>Waits until nothing has been taken for a while: everything between client and origin is full.</summary>
    public async Task StallsAsync()
    {
        for (var before = -1L; before != Interlocked.Read(ref _sent);)
        {
            before = Interlocked.Read(ref _sent);
            await Task.Delay(Still);
        }

        Assert.False(Completion.IsCompleted, "Nothing held the upload back.");
    }

    private async Task<bool> UploadAsync(RawConnection client, long size)
    {
        var block = new byte[16 * 1024];
        while (_sent < size)
        {
            var length = (int)Math.Min(block.Length, size - _sent);
            if (!await client.TrySendAsync(block.AsMemory(0, length))) return false;
            Interlocked.Add(ref _sent, length);
        }

        return true;
    }
}
