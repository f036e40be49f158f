using CsCheck;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Messages;

public class FieldSectionAliasSpec
{
    [Fact]
    public void A_line_may_be_copied_from_the_section_itself_through_any_growth() =>
        Gen.Int[1, 3000].Array[1, 6].Sample(lengths =>
        {
            var fields = new FieldSection();
            for (var i = 0; i < lengths.Length; i++)
            {
                fields.Add(Heads.Bytes($"n{i}"), Heads.Bytes(new string((char)('a' + i), lengths[i])));
                fields.Add(fields.Name(2 * i), fields.Value(2 * i));
                Assert.Equal(Heads.Text(fields.Value(2 * i)), Heads.Text(fields.Value((2 * i) + 1)));
                Assert.Equal($"n{i}", Heads.Text(fields.Name((2 * i) + 1)));
            }

            fields.Release();
        });
}
