using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7SegmentTests
{
    private static Hl7Segment Segment(string line) => Hl7.Message($"{Hl7.Header()}\r{line}\r").Segments[1];

    [Theory]
    [InlineData("PID-1", "1")]
    [InlineData("PID-2", null)]
    [InlineData("PID-3", "A^^^B&C&D")]
    [InlineData("PID-3.1", "A")]
    [InlineData("PID-3.2", null)]
    [InlineData("PID-3.4", "B&C&D")]
    [InlineData("PID-3.4.3", "D")]
    [InlineData("PID-3.4.4", null)]
    [InlineData("PID-3.5", null)]
    [InlineData("PID-3[2]", "E")]
    [InlineData("PID-3[2].1", "E")]
    [InlineData("PID-3[2].1.1", "E")]
    [InlineData("PID-3[2].1.2", null)]
    [InlineData("PID-3[3]", null)]
    [InlineData("PID-3[4].2", "F")]
    [InlineData("PID-3[5]", null)]
    [InlineData("PID-4", "")]
    [InlineData("PID-4.1", "")]
    [InlineData("PID-4.2", null)]
    [InlineData("PID-5.2", "")]
    [InlineData("PID-6", " ")]
    [InlineData("PID-7", "\"")]
    [InlineData("PID-8", "\"\"\"")]
    [InlineData("PID-9", "last")]
    [InlineData("PID-10", null)]
    [InlineData("PID-999999", null)]
    [InlineData("PID[2]-1", null)]
    [InlineData("ZZZ-1", null)]
    [InlineData("MSH-1", "|")]
    [InlineData("MSH-1.1", "|")]
    [InlineData("MSH-2", "^~\\&")]
    [InlineData("MSH-2.1", "^~\\&")]
    [InlineData("MSH-2.2", null)]
    [InlineData("MSH-2[2]", null)]
    [InlineData("MSH-3", "HIS")]
    [InlineData("MSH-9.2", "A01")]
    public void Value_Path_FollowsTheStandardsNumbers(string path, string? expected)
    {
        var message = Hl7.Message($"{Hl7.Header()}\rPID|1||A^^^B&C&D~E~~^F|\"\"|X^\"\"| |\"|\"\"\"|last");

        Assert.Equal(expected, message[path]);
    }

    [Theory]
    [InlineData("PID|1||a~b~~c", 3, 4)]
    [InlineData("PID|1||~", 3, 2)]
    [InlineData("PID|1||\"\"", 3, 1)]
    [InlineData("PID|1||", 3, 0)]
    [InlineData("PID|1||", 2, 0)]
    [InlineData("PID|1||", 4, 0)]
    [InlineData("PID|1||", 0, 0)]
    [InlineData("PID|1||", -1, 0)]
    public void RepetitionCount_Field_IsZeroWhenAbsentOrEmpty(string line, int field, int expected) =>
        Assert.Equal(expected, Segment(line).RepetitionCount(field));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(0, 0)]
    [InlineData(int.MaxValue, 0)]
    public void ComponentCount_Repetition_CountsEmptyComponentsToo(int repetition, int expected) =>
        Assert.Equal(expected, Segment("PID|a~b^^~").ComponentCount(1, repetition));

    [Theory]
    [InlineData("PID", 0)]
    [InlineData("PID|", 1)]
    [InlineData("PID|1||3", 3)]
    [InlineData("PID|1||3||", 5)]
    public void FieldCount_Segment_IsTheHighestNumberSent(string line, int expected) => Assert.Equal(expected, Segment(line).FieldCount);

    [Fact]
    public void FieldCount_Header_CountsTheSeparatorAsField1() => Assert.Equal(18, Hl7.Message(Hl7.Header()).Segments[0].FieldCount);

    [Fact]
    public void Text_FieldWithManyRepetitions_ReadsEachInLinearTime()
    {
        const int Count = 200_000;
        var segment = Segment($"OBX|1|{string.Join('~', Enumerable.Range(1, Count))}~x^y|3");

        Assert.Equal(Count + 1, segment.RepetitionCount(2));
        for (var repetition = 1; repetition <= Count; repetition++)
        {
            if (segment.Text(2, repetition, 1, 0) != repetition.ToString())
            {
                Assert.Fail($"Repetition {repetition} reads otherwise.");
            }
        }

        Assert.Equal<IEnumerable<string?>>(["y", null, "3"], [segment.Text(2, Count + 1, 2, 0), segment.Text(2, Count + 2, 0, 0), segment.Text(3, 1, 0, 0)]);
    }

    [Fact]
    public void Text_ManyThreadsReadingFirst_AllSeeTheSame()
    {
        var segment = Segment($"PID|1|{new string('x', 3000)}~b|{string.Join('~', Enumerable.Repeat("c^d", 2000))}~e|last");

        Parallel.For(0, 64, _ => Assert.Equal<IEnumerable<string?>>(
            ["b", "e", "d", "last"],
            [segment.Text(2, 2, 1, 0), segment.Text(3, 2001, 1, 0), segment.Text(3, 7, 2, 0), segment.Text(4, 1, 0, 0)]));
    }
}
