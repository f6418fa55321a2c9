using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7PathTests
{
    [Theory]
    [InlineData("PID-3", "PID", 1, 3, 1, 0, 0)]
    [InlineData("PID-3.4", "PID", 1, 3, 1, 4, 0)]
    [InlineData("PID-3[2].4.1", "PID", 1, 3, 2, 4, 1)]
    [InlineData("OBX[12]-5[3]", "OBX", 12, 5, 3, 0, 0)]
    [InlineData("ZX1-123456", "ZX1", 1, 123456, 1, 0, 0)]
    public void TryParse_Path_ReadsEachPartAndWritesItBack(
        string text, string segment, int ordinal, int field, int repetition, int component, int subcomponent)
    {
        Assert.True(Hl7Path.TryParse(text, out var path));
        Assert.Equal(new Hl7Path(segment, ordinal, field, repetition, component, subcomponent), path);
        Assert.Equal(text, path.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("PID")]
    [InlineData("PID-")]
    [InlineData("PID-0")]
    [InlineData("PID-3.0")]
    [InlineData("PID-3[0]")]
    [InlineData("PID-3[1")]
    [InlineData("PID-3[]")]
    [InlineData("PID-3[1]]")]
    [InlineData("PID[1]")]
    [InlineData("PID.3")]
    [InlineData("PID-3.1.2.3")]
    [InlineData("PID-3 ")]
    [InlineData("PID--3")]
    [InlineData("pid-3")]
    [InlineData("1ID-3")]
    [InlineData("PIDX-3")]
    [InlineData("PID-1234567")]
    [InlineData("PID-99999999999999999999")]
    public void TryParse_NoPath_IsFalse(string text)
    {
        Assert.False(Hl7Path.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Hl7Path.Parse(text));
    }
}
