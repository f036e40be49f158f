using CsCheck;
using Scp.Streams.Dispatch;
using Scp.Streams.Filters;
using Scp.Streams.Filters.FieldRules;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Filters.FieldRules;

public class FieldRulesFilterSpec
{
    private static FieldRulesFilter Filter(FieldRuleEntry[]? request = null, FieldRuleEntry[]? response = null)
    {
        var errors = new List<string>();
        var filter = FieldRulesFilter.Create(new FieldRuleSettings { Request = request ?? [], Response = response ?? [] }, errors);
        Assert.Empty(errors);
        return filter!;
    }

    private static string[] Applied(FieldRuleEntry rule, params string[] lines) => Applied([rule], Heads.Request(lines));

    private static string[] Applied(FieldRuleEntry[] rules, RequestHead request)
    {
        var chain = new FilterExchange(request.Exchange, FilterPosition.Upstream, [Filter(rules)], new NoPorts());
        chain.AcceptRequest(request);
        return Heads.Lines(request.Fields);
    }

    [Fact]
    public void Add_appends_a_line_beside_those_that_are_there() =>
        Assert.Equal(["X-A: 1", "X-A: 2"], Applied(new FieldRuleEntry { Add = "X-A", Value = "2" }, "X-A: 1"));

    [Fact]
    public void Set_replaces_all_lines_by_one_in_the_place_of_the_first() =>
        Assert.Equal(["x-a: 3", "X-B: 1"], Applied(new FieldRuleEntry { Set = "X-A", Value = "3" }, "x-a: 1", "X-B: 1", "X-A: 2"));

    [Fact]
    public void Set_adds_the_line_when_there_is_none() =>
        Assert.Equal(["X-B: 1", "X-A: 3"], Applied(new FieldRuleEntry { Set = "X-A", Value = "3" }, "X-B: 1"));

    [Fact]
    public void Remove_takes_all_lines_away() =>
        Assert.Equal(["X-B: 1"], Applied(new FieldRuleEntry { Remove = "x-a" }, "X-A: 1", "X-B: 1", "X-A: 2"));

    [Fact]
    public void Rename_keeps_place_and_value_and_nobody_can_forge_the_new_name() =>
        Assert.Equal(
            ["X-New: 1", "X-B: 1", "X-New: 2"],
            Applied(new FieldRuleEntry { Rename = "X-Old", To = "X-New" }, "x-old: 1", "X-B: 1", "X-New: forged", "X-Old: 2"));

    [Fact]
    public void Rename_without_the_old_field_leaves_the_new_one_alone() =>
        Assert.Equal(["X-New: 1"], Applied(new FieldRuleEntry { Rename = "X-Old", To = "X-New" }, "X-New: 1"));

    [Fact]
    public void Rename_can_change_the_case_only() =>
        Assert.Equal(["X-ID: 1"], Applied(new FieldRuleEntry { Rename = "x-id", To = "X-ID" }, "x-id: 1"));

    [Fact]
    public void Renamed_fields_are_known_by_their_new_name()
    {
        var request = Heads.Request("X-Agent: curl");
        Applied([new FieldRuleEntry { Rename = "X-Agent", To = "User-Agent" }], request);
        Assert.Equal("curl", request.Fields.Text(KnownField.UserAgent));
    }

    [Fact]
    public void Rules_run_in_order_and_see_what_those_before_left() =>
        Assert.Equal(
            ["X-A: 1+2"],
            Applied(
                [new FieldRuleEntry { Add = "X-A", Value = "1" }, new FieldRuleEntry { Set = "X-A", Value = "{field:x-a}+2" }],
                Heads.Request()));

    [Theory]
    [InlineData("{client-ip}", "192.0.2.7")]
    [InlineData("{scheme}://{host}{path}", "http://example.com/")]
    [InlineData("{method} {route}", "GET caf? r")]
    [InlineData("{request-id}", "1-1")]
    [InlineData("{field:X-In}|{field:X-None}", "in|")]
    [InlineData("{{{host}}}", "{example.com}")]
    [InlineData("", "")]
    public void A_template_is_filled_in(string template, string value)
    {
        var request = Heads.Request("X-In: in");
        var off = Timeout.InfiniteTimeSpan;
        request.Exchange.Route = new Route { Name = "café r", Timeouts = new RouteTimeouts(off, off, off, off) };
        Assert.Equal(["X-In: in", $"X-Out: {value}"], Applied([new FieldRuleEntry { Add = "X-Out", Value = template }], request));
    }

    [Fact]
    public void A_response_rule_reads_the_fields_of_the_response()
    {
        var request = Heads.Request("X-A: request");
        var response = Heads.Response(request, 200, "X-A: response");
        var filter = Filter(response: [new FieldRuleEntry { Add = "X-B", Value = "{field:X-A} {method}" }]);
        var chain = new FilterExchange(request.Exchange, FilterPosition.Upstream, [filter], new NoPorts());
        chain.AcceptResponse(response);
        Assert.Equal(["X-A: response", "X-B: response GET"], Heads.Lines(response.Fields));
    }

    public static TheoryData<FieldRuleEntry, string> Invalid => new()
    {
        { new FieldRuleEntry(), "exactly one" },
        { new FieldRuleEntry { Add = "X", Remove = "X", Value = "1" }, "exactly one" },
        { new FieldRuleEntry { Add = "X Y", Value = "1" }, "no field name" },
        { new FieldRuleEntry { Add = "", Value = "1" }, "no field name" },
        { new FieldRuleEntry { Add = "X" }, "needs a value" },
        { new FieldRuleEntry { Remove = "X", Value = "1" }, "has a value" },
        { new FieldRuleEntry { Rename = "X" }, "needs to" },
        { new FieldRuleEntry { Set = "X", To = "Y", Value = "1" }, "has to" },
        { new FieldRuleEntry { Rename = "X", To = "Transfer-Encoding" }, "framing" },
        { new FieldRuleEntry { Set = "content-length", Value = "1" }, "framing" },
        { new FieldRuleEntry { Remove = "Connection" }, "framing" },
        { new FieldRuleEntry { Set = "Host", Value = "x" }, "rewrite" },
        { new FieldRuleEntry { Set = "X", Value = "a\r\nX-B: 1" }, "no field value" },
        { new FieldRuleEntry { Set = "X", Value = " a" }, "no field value" },
        { new FieldRuleEntry { Set = "X", Value = "é" }, "no field value" },
        { new FieldRuleEntry { Set = "X", Value = "{nope}" }, "no variable" },
        { new FieldRuleEntry { Set = "X", Value = "{field:a b}" }, "name a field" },
        { new FieldRuleEntry { Set = "X", Value = "{host" }, "single" },
        { new FieldRuleEntry { Set = "X", Value = "host}" }, "single" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_invalid_rule_is_refused_with_its_place_and_the_reason(FieldRuleEntry entry, string reason)
    {
        var errors = new List<string>();
        var valid = new FieldRuleEntry { Remove = "X-Fine" };
        Assert.Null(FieldRulesFilter.Create(new FieldRuleSettings { Response = [valid, entry] }, errors));
        var error = Assert.Single(errors);
        Assert.StartsWith("response[1]: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var errors = new List<string>();
        FieldRulesFilter.Create(
            new FieldRuleSettings
            {
                Request = [new FieldRuleEntry(), new FieldRuleEntry { Set = "Host", Value = "{nope}" }],
                Response = [new FieldRuleEntry { Remove = "TE" }],
            },
            errors);
        Assert.Equal(["request[0]", "request[1]", "request[1]", "response[0]"], errors.Select(e => e[..e.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public void Whatever_the_text_a_template_that_compiles_makes_no_line_break() =>
        Gen.String[Gen.Char["{}:\r\n\0 abfieldhost-"], 0, 20].Sample(text =>
        {
            var errors = new List<string>();
            if (FieldTemplate.Compile(text, errors) is not { } template) return errors.Count > 0;
            var request = Heads.Request();
            var value = Heads.Text(request.Fields.Bytes(template.Write(request.Fields, request.Exchange)));
            return errors.Count == 0 && value.IndexOfAny(['\r', '\n', '\0']) < 0;
        });
}
