using Integration.Core.Identity;

namespace Integration.Tests.Identity;

public sealed class ResidentIdTests
{
    [Theory]
    [InlineData("11010519491231002X", true)]
    [InlineData("11010519491231002x", true)]
    [InlineData("440524188001010014", true)]
    [InlineData("110105194912310021", false)]
    [InlineData("110105194913310024", false)]
    [InlineData("01010519491231002X", false)]
    [InlineData("1101051949123100 X", false)]
    [InlineData("110105491231002", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsValid_ChecksLengthDateAndCheckCharacter(string? text, bool expected) => Assert.Equal(expected, ResidentId.IsValid(text));

    [Fact]
    public void IsValid_AnySingleDigitChanged_IsFalse()
    {
        const string Valid = "11010519491231002X";
        for (var i = 0; i < 17; i++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                if (digit != Valid[i])
                {
                    Assert.False(ResidentId.IsValid(Valid[..i] + digit + Valid[(i + 1)..]));
                }
            }
        }
    }

    [Fact]
    public void BirthDateAndSex_ReadFromTheNumber()
    {
        Assert.Equal(new DateOnly(1949, 12, 31), ResidentId.BirthDate("11010519491231002X"));
        Assert.Equal("female", ResidentId.Sex("11010519491231002X"));
        Assert.Equal("male", ResidentId.Sex("440524188001010014"));
        Assert.Null(ResidentId.BirthDate("not a number"));
    }
}
