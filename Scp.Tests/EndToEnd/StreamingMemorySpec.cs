using System.Diagnostics;
using System.Globalization;
using System.Text;
using Scp.Tests.EndToEnd.Support;
using Scp.Tests.Support;
using Xunit.Abstractions;

namespace Scp.Tests.EndToEnd;

/// <summary>However large a message is, the proxy holds a bounded part of it.</summary>
public sealed class StreamingMemorySpec(ITestOutputHelper output)
{
    private const long Size = 2L << 30;
    private const int Block = 64 * 1024;

    /// <summary>MiB that the process may grow by while 2 GiB pass.</summary>
    private const double MostGrowth = 64;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_GiB_up_pass_in_bounded_memory(bool chunked)
    {
        using var origin = MisbehavingOrigin.Start(connection => SwallowAsync(connection, chunked));
        await MeasureAsync(origin, chunked, async client =>
        {
            var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Size}";
            await client.SendAsync($"POST /app/ HTTP/1.1\r\nHost: scp.test\r\n{framing}\r\n\r\n");
            await PourAsync(client, chunked);
            Assert.Equal(Size.ToString(CultureInfo.InvariantCulture), (await client.ReadAnswerAsync()).Body);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_GiB_down_pass_in_bounded_memory(bool chunked)
    {
        using var origin = MisbehavingOrigin.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\n{(chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Size}")}\r\n\r\n");
            await PourAsync(connection, chunked);
        });
        await MeasureAsync(origin, chunked, async client =>
        {
            await client.GetAsync("/app/");
            await client.ReadHeadAsync();
            var block = new byte[Block];
            long received = 0;
            if (chunked)
            {
                while (!EndsWithLastChunk(block, await Skim(client, block, n => received += n)))
                {
                    // the content is not looked at
                }

                Assert.True(received > Size, $"{received} bytes");
                return;
            }

            while (received < Size) await Skim(client, block, n => received += n);
            Assert.Equal(Size, received);
        });
    }

    [Fact]
    public async Task A_slow_reader_slows_the_origin_down_and_fills_no_heap()
    {
        if (!ScpdProcess.CanMeasure) return;
        long sent = 0;
        using var origin = MisbehavingOrigin.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
            var block = new byte[Block];
            while (true)
            {
                await connection.SendAsync(block);
                Interlocked.Add(ref sent, Block);
            }
        });
        await using var scpd = await ScpdProcess.StartAsync(FailureProxy.Pool("app", origin.Address));
        await scpd.WarmUpAsync();
        var before = scpd.Resident;
        using var client = await scpd.ConnectAsync(receiveBuffer: 8192);
        await client.GetAsync("/app/");
        await client.ReadHeadAsync();
        Eventually.Holds(() => HasStopped(ref sent), "The origin was never held back.");
        var held = Interlocked.Read(ref sent);
        output.WriteLine($"held {held >> 10} KiB in all, grew by {scpd.Resident - before:f1} MiB");
        Assert.InRange(held, 1, 32 << 20); // what the kernel's four buffers take
        Assert.InRange(scpd.Resident - before, -100, 10);
        await client.ReadAsync(8 << 20); // it goes on as fast as the client reads
        Eventually.Holds(() => Interlocked.Read(ref sent) > held);
    }

    private async Task MeasureAsync(MisbehavingOrigin origin, bool chunked, Func<HostileClient, Task> transfer)
    {
        if (!ScpdProcess.CanMeasure) return;
        await using var scpd = await ScpdProcess.StartAsync(FailureProxy.Pool("app", origin.Address));
        await scpd.WarmUpAsync();
        scpd.ForgetPeak();
        var before = scpd.Resident;
        using var client = await scpd.ConnectAsync();
        var clock = Stopwatch.StartNew();
        await transfer(client);
        output.WriteLine($"chunked {chunked}: {clock.Elapsed.TotalSeconds:f1} s, {Size / clock.Elapsed.TotalSeconds / 1e9:f2} GB/s, {before:f0} MiB before, peak {scpd.Peak:f0} MiB");
        Assert.InRange(scpd.Peak - before, 0, MostGrowth);
    }

    private static async Task PourAsync(RawConnection connection, bool chunked)
    {
        var block = chunked ? [.. Encoding.ASCII.GetBytes($"{Block:x}\r\n"), .. new byte[Block], .. "\r\n"u8] : new byte[Block];
        for (var i = 0; i < Size / Block; i++)
        {
            if (i % 1000 == 0) connection.Renew();
            await connection.SendAsync(block);
        }

        if (chunked) await connection.SendAsync("0\r\n\r\n");
    }

    private static async Task SwallowAsync(RawConnection connection, bool chunked)
    {
        await connection.ReadHeadAsync();
        var block = new byte[Block];
        long received = 0;
        if (chunked)
        {
            while (!EndsWithLastChunk(block, await Skim(connection, block, n => received += n)))
            {
                // the content is not looked at
            }

            Assert.True(received > Size);
        }
        else
        {
            while (received < Size) await Skim(connection, block, n => received += n);
        }

        var answer = Size.ToString(CultureInfo.InvariantCulture);
        await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");
    }

    private static async ValueTask<int> Skim(RawConnection connection, byte[] block, Action<int> count)
    {
        var read = await connection.SkimAsync(block);
        if (read == 0) throw new EndOfStreamException();
        if (Random.Shared.Next(1000) == 0) connection.Renew();
        count(read);
        return read;
    }

    /// <summary>Content is all zero, so the end is unmistakable, unless it comes in pieces: then the pieces before it are long gone.</summary>
    private static bool EndsWithLastChunk(byte[] block, int length) => block.AsSpan(0, length).EndsWith("\n0\r\n\r\n"u8) || block.AsSpan(0, length).SequenceEqual("0\r\n\r\n"u8);

    private static bool HasStopped(ref long counter)
    {
        var before = Interlocked.Read(ref counter);
        Thread.Sleep(300);
        return before > 0 && before == Interlocked.Read(ref counter);
    }
}
