using CsCheck;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Telemetry;

public class TraceContextSpec
{
    private const string Valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData(Valid, true)]
    [InlineData("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-later", true)]
    [InlineData("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.later", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", false)]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01", false)]
    [InlineData("", false)]
    public void A_traceparent_is_valid_as_the_recommendation_says(string value, bool valid) =>
        Assert.Equal(valid, TraceContext.TryParse(Heads.Bytes(value), out _));

    [Fact]
    public void A_valid_one_passes_as_it_is_with_its_state()
    {
        var fields = Heads.Request($"traceparent: {Valid}", "tracestate: a=b").Fields;
        TraceContext.Apply(fields, startsTraces: true, new Random(1));
        Assert.Equal([$"traceparent: {Valid}", "tracestate: a=b"], Heads.Lines(fields));
    }

    [Theory]
    [InlineData("traceparent: nonsense")]
    [InlineData($"traceparent: {Valid}", $"traceparent: {Valid}")]
    public void An_invalid_one_is_removed_together_with_its_state(params string[] lines)
    {
        var fields = Heads.Request([.. lines, "tracestate: a=b"]).Fields;
        TraceContext.Apply(fields, startsTraces: false, new Random(1));
        Assert.Empty(Heads.Lines(fields));
    }

    [Fact]
    public void A_new_trace_begins_when_there_is_none_and_the_settings_say_so()
    {
        var fields = Heads.Request().Fields;
        TraceContext.Apply(fields, startsTraces: true, new Random(1));
        Assert.True(TraceContext.TryParse(Heads.Bytes(fields.Text(KnownField.TraceParent)!), out var context));
        Assert.Equal(1, context.Flags);

        var none = Heads.Request().Fields;
        TraceContext.Apply(none, startsTraces: false, new Random(1));
        Assert.Empty(Heads.Lines(none));
    }

    [Fact]
    public void Whatever_numbers_a_trace_starts_from_its_text_is_valid_and_reads_back() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong).Sample((high, low, parent) =>
        {
            var text = new byte[TraceContext.Length];
            var context = TraceContext.Start(high, low, parent);
            context.Format(text);
            Assert.True(TraceContext.TryParse(text, out var read));
            Assert.Equal(context, read);
        });

    [Fact]
    public void Zeros_are_replaced() =>
        Assert.Equal(new TraceContext(0, 1, 1, 1), TraceContext.Start(0, 0, 0));
}
