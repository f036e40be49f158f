using Scp.Streams.Messages;

namespace Scp.Tests.Streams.Messages;

public class FieldSectionGrowthSpec
{
    [Fact]
    public void Bytes_of_the_section_itself_can_be_appended_while_it_grows()
    {
        var fields = new FieldSection();
        var text = fields.AppendBytes(new byte[1000]);
        fields.WritableBytes(text).Fill((byte)'a');
        while (fields.Length < 100_000)
        {
            var copy = fields.AppendBytes(fields.Bytes(text));
            Assert.False(fields.Bytes(copy).ContainsAnyExcept((byte)'a'));
            fields.Add(fields.Bytes(text)[..10], fields.Bytes(text));
            fields.Add(KnownField.Via, fields.Bytes(text));
            Assert.False(fields.Value(fields.Count - 1).ContainsAnyExcept((byte)'a'));
            Assert.False(fields.Value(fields.Count - 2).ContainsAnyExcept((byte)'a'));
        }

        fields.Release();
        Assert.Equal((0, 0), (fields.Count, fields.Length));
    }
}
