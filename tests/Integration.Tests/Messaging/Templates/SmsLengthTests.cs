using Integration.Core.Messaging.Templates;

namespace Integration.Tests.Messaging.Templates;

public sealed class SmsLengthTests
{
    [Theory]
    [InlineData('a', 160, "GSM-7", 160, 1)]
    [InlineData('a', 161, "GSM-7", 161, 2)]
    [InlineData('a', 306, "GSM-7", 306, 2)]
    [InlineData('a', 307, "GSM-7", 307, 3)]
    [InlineData('€', 80, "GSM-7", 160, 1)]
    [InlineData('€', 81, "GSM-7", 162, 2)]
    [InlineData('€', 153, "GSM-7", 306, 3)]   // 76 fit into a part of 153, since none is cut in two
    [InlineData('中', 70, "UCS-2", 70, 1)]
    [InlineData('中', 71, "UCS-2", 71, 2)]
    [InlineData('中', 134, "UCS-2", 134, 2)]
    [InlineData('中', 135, "UCS-2", 135, 3)]
    public void Of_ManyOfOneCharacter_CountsUnitsAndParts(char character, int count, string encoding, int units, int parts) =>
        Assert.Equal(new SmsLength(encoding, units, parts), SmsLength.Of(new string(character, count)));

    /// <summary>A character beyond the basic plane takes two code units and never stands in two parts.</summary>
    [Fact]
    public void Of_RareCharacters_AreNotCutInTwo()
    {
        var text = string.Concat(Enumerable.Repeat("𠮷", 67));

        Assert.Equal(new SmsLength("UCS-2", 134, 3), SmsLength.Of(text));
        Assert.Equal(new SmsLength("UCS-2", 70, 1), SmsLength.Of(string.Concat(Enumerable.Repeat("𠮷", 35))));
    }

    [Fact]
    public void Of_OneChineseCharacterAmongLatin_MakesAllOfItUcs2() => Assert.Equal(new SmsLength("UCS-2", 161, 3), SmsLength.Of(new string('a', 160) + "中"));

    [Theory]
    [InlineData("节日快乐。", "节日快乐。回T退订")]
    [InlineData("节日快乐", "节日快乐 回T退订")]
    [InlineData("节日快乐，回T退订", "节日快乐，回T退订")]
    [InlineData("回T退订 节日快乐。回t退订", "节日快乐。回T退订")]
    public void Close_Marketing_EndsWithTheLineOnce(string text, string expected) => Assert.Equal(expected, UnsubscribeLine.Close(text, "回T退订"));
}
