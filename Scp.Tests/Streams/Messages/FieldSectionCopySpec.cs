using System.Text;
using Scp.Streams.Messages;

namespace Scp.Tests.Streams.Messages;

public class FieldSectionCopySpec
{
    [Fact]
    public void A_copy_has_the_same_lines_and_goes_its_own_way()
    {
        var fields = new FieldSection();
        var method = fields.AppendBytes("GET"u8);
        for (var i = 0; i < 100; i++) fields.Add(Encoding.ASCII.GetBytes($"Name-{i}"), Encoding.ASCII.GetBytes($"value {i}"));
        fields.Add(KnownField.Host, "a"u8);
        fields.Remove("Name-7"u8);
        var copy = new FieldSection();

        fields.CopyTo(copy);
        fields.Remove(KnownField.Host);
        fields.Release();

        Assert.Equal("GET", Encoding.ASCII.GetString(copy.Bytes(method)));
        Assert.Equal(101, copy.Count);
        Assert.Equal("value 99", copy.Text("Name-99"));
        Assert.Equal("a", copy.Text(KnownField.Host));
        Assert.Null(copy.Text("Name-7"));
        copy.Release();
    }
}
