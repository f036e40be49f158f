using CsCheck;
using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

/// <summary>What holds for every head, right or hostile.</summary>
public class Http1PropertiesSpec
{
    private sealed record Verdict(ParseStatus Status, ProxyError Error, int Consumed, string Head);

    private static string Dump(RequestHead head)
    {
        var lines = Enumerable.Range(0, head.Fields.Count).Where(i => !head.Fields.IsRemoved(i))
            .Select(i => $"{Text(head.Fields.Name(i))}: {Text(head.Fields.Value(i))}");
        return string.Join('|',
            [
                Text(head.MethodBytes), head.Target.Form.ToString(), Text(head.PathBytes), $"{head.Target.HasQuery}", Text(head.QueryBytes),
                Text(head.HostBytes), Text(head.AuthorityBytes), $"{head.Target.Port}", $"{head.Framing}", $"{head.ContentLength}",
                $"{head.AsksToUpgrade}{head.ExpectsContinue}{head.AcceptsTrailers}", .. lines,
            ]);
    }

    private static Verdict Parse(byte[] bytes, int[] cuts, LimitSettings limits)
    {
        var head = NewRequest();
        var scanned = 0;
        var available = 0;
        for (var i = 0; ; i++)
        {
            available = Math.Min(bytes.Length, available + cuts[i % cuts.Length]);
            // A copy of exactly these bytes: what comes later cannot be looked at.
            var status = Http1RequestParser.Parse(
                bytes.AsSpan(0, available).ToArray(), head, limits, ref scanned, out var consumed, out var error);
            Assert.Equal(status == ParseStatus.Rejected, error != ProxyError.None);
            Assert.True(status == ParseStatus.Done ? consumed > 0 && consumed <= available : consumed == 0);
            if (status == ParseStatus.NeedMore)
            {
                Assert.True(available < limits.RequestHead + 2, "A head over its limit must not ask for more.");
                if (available < bytes.Length) continue;
            }

            var dump = status == ParseStatus.Done ? Dump(head) : "";
            head.Fields.Release();
            return new Verdict(status, error, consumed, dump);
        }
    }

    [Fact]
    public void The_verdict_does_not_depend_on_how_the_bytes_are_cut() =>
        Gen.Select(HeadGenerator.Mutated, Gen.Int[1, 40].Array[1, 6], Gen.Int[20, 300], Gen.Int[20, 60])
        .Sample((bytes, cuts, total, line) =>
        {
            var limits = Limits with { RequestHead = total, RequestLine = line, FieldLine = line, FieldCount = 4 };
            Assert.Equal(Parse(bytes, [bytes.Length], limits), Parse(bytes, cuts, limits));
            Assert.Equal(Parse(bytes, [bytes.Length], Limits), Parse(bytes, cuts, Limits));
        }, iter: 50_000);

    private static Verdict ParseResponse(byte[] bytes, int[] cuts, LimitSettings limits)
    {
        var head = NewResponse();
        var scanned = 0;
        var available = 0;
        for (var i = 0; ; i++)
        {
            available = Math.Min(bytes.Length, available + cuts[i % cuts.Length]);
            var status = Http1ResponseParser.Parse(
                bytes.AsSpan(0, available).ToArray(), head, Method.Get, true, limits, ref scanned, out var consumed, out var error);
            if (status == ParseStatus.NeedMore)
            {
                Assert.True(available < limits.ResponseHead, "A head over its limit must not ask for more.");
                if (available < bytes.Length) continue;
            }

            var dump = $"{head.Status}|{head.Framing}|{head.ContentLength}|{head.ClosesConnection}|{head.Fields.Count}";
            head.Fields.Release();
            return new Verdict(status, error, consumed, status == ParseStatus.Done ? dump : "");
        }
    }

    [Fact]
    public void The_verdict_on_a_response_does_not_depend_on_how_the_bytes_are_cut() =>
        Gen.Select(HeadGenerator.MutatedResponse, Gen.Int[1, 40].Array[1, 6], Gen.Int[20, 150]).Sample((bytes, cuts, total) =>
        {
            var limits = Limits with { ResponseHead = total, ResponseFieldCount = 3 };
            Assert.Equal(ParseResponse(bytes, [bytes.Length], limits), ParseResponse(bytes, cuts, limits));
            Assert.Equal(ParseResponse(bytes, [bytes.Length], Limits), ParseResponse(bytes, cuts, Limits));
        }, iter: 50_000);

    [Fact]
    public void A_response_that_is_written_is_parsed_as_the_same_response() => HeadGenerator.MutatedResponse.Sample(bytes =>
    {
        var once = NewResponse();
        var scanned = 0;
        if (Http1ResponseParser.Parse(bytes, once, Method.Get, true, Limits, ref scanned, out _, out _) != ParseStatus.Done) return;
        var buffer = new byte[Http1ResponseWriter.Measure(once)];
        Assert.True(Http1ResponseWriter.TryWrite(once, buffer, out var written, out _));
        var twice = Response(Text(buffer.AsSpan(0, written)), upgrade: true);
        Assert.Equal((once.Status, once.Framing, once.ContentLength), (twice.Status, twice.Framing, twice.ContentLength));
        Assert.Equal(once.Fields.Text(KnownField.Connection), twice.Fields.Text(KnownField.Connection));
        once.Fields.Release();
        twice.Fields.Release();
    }, iter: 50_000);

    [Fact]
    public void Random_bytes_never_make_the_parsers_throw() =>
        Gen.Select(Gen.Byte.Array[1, 80], Gen.Int[1, 9].Array[1, 4]).Sample((bytes, cuts) =>
        {
            Assert.Equal(Parse(bytes, [bytes.Length], Limits), Parse(bytes, cuts, Limits));
            ResponseError(Text(bytes));
            ResponseError("HTTP/1.1 200 OK\r\n" + Text(bytes) + "\r\n\r\n");
            RequestError("GET / HTTP/1.1\r\n" + Text(bytes) + "\r\n\r\n");
        }, iter: 20_000);

    [Fact]
    public void What_is_written_is_parsed_as_the_same_request() => HeadGenerator.Mutated.Sample(bytes =>
    {
        var once = NewRequest();
        var scanned = 0;
        if (Http1RequestParser.Parse(bytes, once, Limits, ref scanned, out _, out _) != ParseStatus.Done) return;
        // A request without Host came by HTTP/1.0; Host is then another's business.
        if (once.Target.Host.IsEmpty) once.Fields.Add(KnownField.Host, "a"u8);
        if (once.Version == HttpVersion.Http10) once.Fields.Remove(KnownField.Upgrade);
        if (once.Version == HttpVersion.Http10) once.Fields.Remove(KnownField.Expect);
        var first = Write(once);
        var twice = Request(Text(first));
        Assert.Equal(first, Write(twice));
        Assert.Equal(once.Target.Form == TargetForm.Absolute ? TargetForm.Origin : once.Target.Form, twice.Target.Form);
        Assert.Equal(Text(once.PathBytes), Text(twice.PathBytes));
        Assert.Equal((once.Framing, once.ContentLength), (twice.Framing, twice.ContentLength));
        Assert.Equal((once.AsksToUpgrade, once.ExpectsContinue), (twice.AsksToUpgrade, twice.ExpectsContinue));
        once.Fields.Release();
        twice.Fields.Release();
    }, iter: 50_000);

    [Fact]
    public void Parsing_and_writing_make_no_garbage_and_keep_no_array()
    {
        var bytes = Bytes(Message(
            "POST /a/../b%7e?c HTTP/1.1", "Host: A.example:80", "Content-Length: 5", "Connection: keep-alive", "Expect: 100-continue"));
        var bad = Bytes(Message("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "Content-Length: 5"));
        var head = NewRequest();
        var buffer = new byte[1024];
        long before = 0;
        for (var i = 0; i < 3000; i++)
        {
            if (i == 2000) before = GC.GetAllocatedBytesForCurrentThread();
            var scanned = 0;
            Http1RequestParser.Parse(bytes, head, Limits, ref scanned, out _, out _);
            Http1RequestWriter.TryWrite(head, buffer, out _, out _);
            head.Fields.Release();
            Http1RequestParser.Parse(bad, head, Limits, ref scanned, out _, out _);
            head.Fields.Release();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Write(RequestHead head)
    {
        var buffer = new byte[Http1RequestWriter.Measure(head)];
        Assert.True(Http1RequestWriter.TryWrite(head, buffer, out var written, out _));
        return buffer[..written];
    }
}
