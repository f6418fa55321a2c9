using Integration.Core.Intake;

namespace Integration.Tests.Intake;

/// <summary>One search box over all feeds and states.</summary>
public sealed class MessageSearchTests
{
    private static readonly string[] Admission =
    [
        "MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A01^ADT_A01|CTL-77|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A01|20260316080000+0800",
        "PID|1||K0001^^^HIS^MR||王小明^^^^^^L||19800203|M|||||138-0013-8000",
        "PV1|1|I|WARD^101^1||||||||||||||||VN0042^^^HIS^VN|||||||||||||||||||||||||20260316080000+0800",
    ];

    private static readonly string[] Result =
    [
        "MSH|^~\\&|LIS|EAST|ENGINE|HUB|20260316090000+0800||ORU^R01^ORU_R01|CTL-78|P|2.5.1||||||UNICODE UTF-8",
        "PID|1||K0002^^^HIS^MR||李莉^^^^^^L||19810203|F",
        "OBR|1|PO-1^HIS|FO-991^LIS|GLU^Glucose^L|||20260316083000+0800|||||||||||||||20260316090000+0800|||F",
        "OBX|1|NM|GLU^Glucose^L||5.1|mmol/L|3.9-6.1|N|||F",
    ];

    [Theory]
    [InlineData("CTL-77")]
    [InlineData("K0001")]
    [InlineData(" k0001 ")]
    [InlineData("urn:authority:HIS|K0001")]
    [InlineData("王小明")]
    [InlineData("王 小明")]
    [InlineData("王小")]
    [InlineData("王")]
    [InlineData("wxm")]
    [InlineData("WXM")]
    [InlineData("13800138000")]
    [InlineData("+86 138 0013 8000")]
    [InlineData("8000")]
    [InlineData("VN0042")]
    [InlineData("ｖｎ００４２")]
    public async Task Search_ByWhatTheMessageSays_FindsIt(string text)
    {
        await using var engine = await TestEngine.StartAsync();
        var admission = await engine.SendAsync(Admission);
        await engine.SendAsync(Result);

        var found = await engine.Journal.SearchAsync(new MessageSearch(Text: text), CancellationToken.None);

        Assert.Equal([admission.Id], found.Messages.Select(m => m.Id));
    }

    [Theory]
    [InlineData("fo-991")]
    [InlineData("PO-1")]
    [InlineData("李莉")]
    [InlineData("ll")]
    public async Task Search_ByTheNumbersOfAnOrder_FindsItsResult(string text)
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Admission);
        var result = await engine.SendAsync(Result);

        var found = await engine.Journal.SearchAsync(new MessageSearch(Text: text), CancellationToken.None);

        Assert.Equal([result.Id], found.Messages.Select(m => m.Id));
    }

    [Theory]
    [InlineData("K000")]   // a number by its beginning
    [InlineData("王大")]
    [InlineData("138")]
    [InlineData("x")]
    [InlineData("·")]
    public async Task Search_ByWhatNoMessageSays_FindsNothing(string text)
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Admission);

        Assert.Empty((await engine.Journal.SearchAsync(new MessageSearch(Text: text), CancellationToken.None)).Messages);
    }

    [Fact]
    public async Task Search_ByNameOfAFailedMessage_FindsItAmongThoseThatFailed()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Admission);
        var failed = await engine.SendAsync(
        [
            Admission[0].Replace("ADT^A01^ADT_A01|CTL-77", "ADT^A40^ADT_A39|CTL-79"), Admission[1], "PID|1||K0005^^^HIS^MR||赵无号^^^^^^L||19800203|M",
            "MRG|K0005^^^HIS^MR",   // merged into itself
        ]);
        Assert.Equal(MessageState.Failed, failed.State);

        var found = await engine.Journal.SearchAsync(new MessageSearch(State: MessageState.Failed, Text: "赵无号"), CancellationToken.None);

        Assert.Equal([failed.Id], found.Messages.Select(m => m.Id));
    }

    [Fact]
    public async Task Search_ByAPatientOfManyMessages_GivesThemNewestFirstPageByPage()
    {
        await using var engine = await TestEngine.StartAsync();
        var sent = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            sent.Add((await engine.SendAsync([Admission[0].Replace("CTL-77", $"CTL-{i}"), .. Admission[1..]])).Id);
        }

        var found = new List<string>();
        for (string? after = null; ;)
        {
            var page = await engine.Journal.SearchAsync(new MessageSearch(Text: "王小明", Limit: 10, After: after), CancellationToken.None);
            found.AddRange(page.Messages.Select(m => m.Id));
            if ((after = page.Next) is null)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Reverse(sent), found);
    }
}
