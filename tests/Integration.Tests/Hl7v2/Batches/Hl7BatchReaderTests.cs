using System.Globalization;
using System.Text;
using Integration.Adapters.Hl7v2.Batches;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2.Batches;

public sealed class Hl7BatchReaderTests
{
    private const int Limit = 1024 * 1024;

    /// <summary>M message, X message too long, S stray text, E segment around messages; each with where it begins.</summary>
    [Theory]
    [InlineData("MSH|1\rPID|1\rMSH|2\r", "M0 M12")]
    [InlineData("FHS|^~\\&|A\r\nBHS|^~\\&|A\r\nMSH|1\r\nBTS|1\r\nFTS|1\r\n", "E0 E12 M24 E31 E38")]
    [InlineData("hello\nMSH|1\n", "S0 M6")]
    [InlineData("MSH|1\rBTS|1\rsome text\rmore\rMSH|2\r", "M0 E6 S12 M27")]
    [InlineData("MSH|1\rFTS\rlast words", "M0 E6 S10")]
    [InlineData("\x0bMSH|1\r\x1c\rbetween\r\x0bMSH|2\r\x1c\r", "M1 S9 M18")]
    [InlineData("\r\n \t\r\n\x1a", "")]
    [InlineData("MSH|1\r\x1a", "M0")]
    [InlineData("MSH", "M0")]
    [InlineData("MSHX|1\r", "S0")]
    [InlineData("MSH|1\rBTSX|1\rBHSA\rMSH 2\r", "M0")]
    public async Task Read_AnyOrder_GivesEveryByteToAPart(string text, string expected)
    {
        foreach (var step in (int[])[1, 3, 100_000])
        {
            var (parts, _) = await ReadAsync(Hl7.Bytes(text), step);
            Assert.Equal(expected, string.Join(' ', parts.Select(Name)));
        }
    }

    [Theory]
    [InlineData("UTF-8")]
    [InlineData("GB18030")]
    [InlineData("big5")]
    public async Task Read_AnyCharsetAndLineEnd_KeepsTheBytes(string charset)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        foreach (var lineEnd in (string[])["\r", "\n", "\r\n"])
        {
            var message = encoding.GetBytes($"MSH|^~\\&|HIS{lineEnd}PID|1||1||歐陽^娜{lineEnd}NTE|1||說明");
            byte[] end = Encoding.ASCII.GetBytes(lineEnd);

            var (parts, tally) = await ReadAsync([.. message, .. end, .. message, .. end], 7);

            Assert.Equal(2, tally.Messages);
            Assert.All(parts, p => Assert.Equal(message, Assert.IsType<Hl7BatchPart.Message>(p).Bytes));
        }
    }

    /// <summary>FEATURES row 17: a file with 999 of declared 1,000 messages is flagged, and the 999 are processed.</summary>
    [Fact]
    public async Task Read_FileWith999OfDeclared1000_IsFlaggedAndGives999()
    {
        var (parts, tally) = await ReadAsync(Hl7.Bytes(BatchFiles.File(messages: 999, declared: 1000)), 4096);

        Assert.Equal(999, parts.OfType<Hl7BatchPart.Message>().Count());
        Assert.Equal((999, 1, 1000L), (tally.Messages, tally.Batches, tally.DeclaredMessages));
        var issue = Assert.Single(tally.Issues(isComplete: true));
        Assert.Equal((IntegrationErrorCode.BatchCountMismatch, IssueSeverity.Warning, "BTS-1"), (issue.Code, issue.Severity, issue.Place));
        Assert.Contains("1000", issue.Text, StringComparison.Ordinal);
        Assert.Contains("999", issue.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rMSH|1\rMSH|2\rBTS|2\rFTS|1\r", "")]
    [InlineData("BHS|^~\\&\rMSH|1\rBTS|\r", "")]
    [InlineData("MSH|1\rBTS|1\rMSH|2\rMSH|3\rBTS|2\rFTS|2\r", "")]
    [InlineData("FHS|^~\\&\rMSH|1\rFTS|1\r", "")]
    [InlineData("FHS#*~\\&\rBHS#*~\\&\rMSH|1\rBTS#1#done\rFTS# 1 \r", "")]
    [InlineData("BHS|^~\\&\rMSH|1\rBTS|2\r", "BatchCountMismatch BTS-1")]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rMSH|1\rBTS|1\rFTS|2\r", "BatchCountMismatch FTS-1")]
    [InlineData("BHS|^~\\&\rMSH|1\r", "BatchIncomplete BTS")]
    [InlineData("BHS|^~\\&\rMSH|1\rBHS|^~\\&\rMSH|2\rBTS|1\r", "BatchIncomplete BTS")]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rMSH|1\rBTS|1\r", "BatchIncomplete FTS")]
    [InlineData("FHS|^~\\&\rMSH|1\rFHS|^~\\&\rMSH|1\rFTS|1\r", "BatchIncomplete FTS")]
    [InlineData("BTS|0\rFTS|0\r", "")]
    [InlineData("BHS|^~\\&\rBTS|0\rwhat\r", "TextOutsideMessages ")]
    public async Task Read_Envelopes_AreHeldAgainstWhatTheyDeclare(string text, string expected)
    {
        var (_, tally) = await ReadAsync(Hl7.Bytes(text), 5);

        Assert.Equal(expected, string.Join(" / ", tally.Issues(isComplete: true).Select(i => $"{i.Code} {i.Place}")));
    }

    [Fact]
    public async Task Read_MessageTooLong_IsReportedAndTheOthersCome()
    {
        var longMessage = $"MSH|2\rOBX|{new string('x', 3 * Limit)}\r";

        var (parts, tally) = await ReadAsync(Hl7.Bytes($"MSH|1\r{longMessage}MSH|3\r"), 50_000);

        Assert.Equal($"M0 X6 M{6 + longMessage.Length}", string.Join(' ', parts.Select(Name)));
        var tooLong = Assert.IsType<Hl7BatchPart.TooLong>(parts[1]);
        Assert.Equal((Hl7BatchSplitter.MaxStrayBytes, longMessage.Length), (tooLong.Beginning.Length, tooLong.Length));
        Assert.Equal(3, tally.Messages);
        Assert.Equal(IntegrationErrorCode.FrameTooLong, Assert.Single(tally.Issues(isComplete: true)).Code);
    }

    [Fact]
    public async Task Read_TextWithoutEnd_KeepsItsBeginAndLength()
    {
        var (parts, _) = await ReadAsync(Hl7.Bytes(new string('z', 500_000) + "\rMSH|1\r"), 9999);

        var stray = Assert.IsType<Hl7BatchPart.Stray>(parts[0]);
        Assert.Equal((Hl7BatchSplitter.MaxStrayBytes, 500_001), (stray.Beginning.Length, (int)stray.Length));
        Assert.IsType<Hl7BatchPart.Message>(parts[1]);
    }

    /// <summary>Whatever the bytes and however they are cut, nothing throws, and parts never overlap.</summary>
    [Fact]
    public async Task Read_RandomLines_NeverThrowsNorLosesAMessage()
    {
        string[] pieces = ["MSH|", "MSH", "FHS|^~\\&", "BHS|", "BTS|3", "FTS|1", "\r", "\n", "\r\n", "\x0b", "\x1c", "\x1a", " ", "PID|1", "\uFEFF", "文", new('y', 90)];
        var random = new Random(20261122);
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => pieces[random.Next(pieces.Length)]));
            var bytes = Hl7.Bytes(text);

            var (whole, _) = await ReadAsync(bytes, bytes.Length);
            var (cut, tally) = await ReadAsync(bytes, random.Next(1, 9));

            Assert.Equal(whole.Select(Name), cut.Select(Name));
            Assert.Equal(whole.Select(p => p.Offset).Order().Distinct(), whole.Select(p => p.Offset));
            Assert.Equal(tally.Messages, cut.OfType<Hl7BatchPart.Message>().Count());
            _ = tally.Issues(isComplete: true);
        }
    }

    private static string Name(Hl7BatchPart part) => part switch
    {
        Hl7BatchPart.Message => "M",
        Hl7BatchPart.TooLong => "X",
        Hl7BatchPart.Stray => "S",
        _ => "E",
    } + part.Offset.ToString(CultureInfo.InvariantCulture);

    private static async Task<(List<Hl7BatchPart> Parts, Hl7BatchTally Tally)> ReadAsync(byte[] bytes, int step)
    {
        await using var stream = new SlowStream(bytes, step);
        using var reader = new Hl7BatchReader(stream, Limit);
        var parts = new List<Hl7BatchPart>();
        while (await reader.ReadAsync(CancellationToken.None) is { } part)
        {
            parts.Add(part);
        }

        return (parts, reader.Tally);
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class SlowStream(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }
}
