using System.Text;
using Integration.Host.Commands;
using Integration.Tests.Samples;

namespace Integration.Tests.Commands;

public sealed class MessageDatesTests
{
    private static readonly DateOnly Day = new(2026, 3, 16);

    [Theory]
    [InlineData("20260316", "20261121")]
    [InlineData("20260316083015+0800", "20261121083015+0800")]
    [InlineData("202603160830", "202611210830")]
    [InlineData("20260316083015.1234", "20261121083015.1234")]
    [InlineData("|20260228~20260301|", "|20261105~20261106|")]
    [InlineData("20260615", "20270220")]
    [InlineData("20220316", "20220316")]
    [InlineData("20260332", "20260332")]
    [InlineData("20261231", "20261231")]
    [InlineData("2026031608", "2026031608")]
    [InlineData("510107202603160012", "510107202603160012")]
    [InlineData("2026-03-16", "2026-03-16")]
    [InlineData("", "")]
    public void Move_Dates_MovesWhatIsNearTheDay(string text, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(MessageDates.Move(Encoding.ASCII.GetBytes(text), Day, 250)));

    [Fact]
    public void Move_CharactersOfFourBytes_AreLeft()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var gb18030 = Encoding.GetEncoding("GB18030");
        var message = gb18030.GetBytes("PID|1||00260004^张㛃𠮷|20260316|㛃20260316");

        var moved = gb18030.GetString(MessageDates.Move(message, Day, 1));

        Assert.Equal("PID|1||00260004^张㛃𠮷|20260317", moved[..moved.LastIndexOf('|')]);
    }

    [Fact]
    public void At_AnotherDate_KeepsEveryLengthAndIsReadAsThatDay()
    {
        var day = DemoDay.Load(SampleFiles.Day);

        var moved = day.At(new DateOnly(2028, 2, 29));

        Assert.Equal(day.Messages.Select(m => m.Message.Bytes.Length), moved.Messages.Select(m => m.Message.Bytes.Length));
        Assert.All(moved.Messages, m => Assert.Contains("|20280229", Encoding.Latin1.GetString(m.Message.Bytes.AsSpan(0, m.Message.Bytes.AsSpan().IndexOf((byte)'\r'))), StringComparison.Ordinal));
        Assert.Same(day, day.At(day.Date));
    }
}
