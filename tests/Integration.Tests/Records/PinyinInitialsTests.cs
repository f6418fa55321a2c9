using Integration.Core.Records;

namespace Integration.Tests.Records;

public sealed class PinyinInitialsTests
{
    [Theory]
    [InlineData("张三丰", "zsf")]
    [InlineData("欧阳娜娜", "oynn")]
    [InlineData("单雄信", "sxx")]
    [InlineData("阿卜杜拉·买买提", "abdlmmt")]
    [InlineData("李𠮷", null)]
    [InlineData("Smith", null)]
    [InlineData("", null)]
    public void Of_Name_GivesInitialsOrNull(string name, string? expected) => Assert.Equal(expected, PinyinInitials.Of(name));

    [Theory]
    [InlineData("Ｚｈａｎｇ San", "zhangsan")]
    [InlineData("阿卜杜拉·买买提", "阿卜杜拉买买提")]
    public void FoldName_DropsWidthCaseSpacesAndDots(string name, string expected) => Assert.Equal(expected, SearchKeys.FoldName(name));

    [Theory]
    [InlineData("+86 138-0013-8000", "13800138000")]
    [InlineData("(020)8123 4567", "02081234567")]
    [InlineData("无", "")]
    public void PhoneDigits_KeepsDigitsOnly(string phone, string expected) => Assert.Equal(expected, SearchKeys.PhoneDigits(phone));
}
