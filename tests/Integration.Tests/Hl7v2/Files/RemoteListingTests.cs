using System.Globalization;
using Integration.Adapters.Hl7v2.Files.Remote;
using Integration.Adapters.Shared.Files;

namespace Integration.Tests.Hl7v2.Files;

public sealed class RemoteListingTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("-rw-r--r--    ? 1000     1000         1234 Feb 28 23:10 a.hl7", "a.hl7 1234 2026-02-28T23:10")]
    [InlineData("-rw-r--r--    1 0        0               0 Dec 31 23:59 last year", "last year 0 2025-12-31T23:59")]
    [InlineData("-rw-------    1 0        0      5000000000 Mar  2 11:00 结果  two  spaces.hl7", "结果  two  spaces.hl7 5000000000 2026-03-02T11:00")]
    [InlineData("-rw-r--r--    1 0        0              10 Jun  1  2020 old.hl7", "old.hl7 10 2020-06-01T00:00")]
    [InlineData("drwxr-xr-x    2 0        0            4096 Mar  1 10:00 processed", "")]
    [InlineData("lrwxrwxrwx    1 0        0               5 Mar  1 10:00 link", "")]
    [InlineData("sftp> ls -ln", "")]
    [InlineData("-rw-r--r--", "")]
    [InlineData("", "")]
    public void SftpRead_Line_GivesTheFile(string line, string expected) => Assert.Equal(expected, Text(SftpListing.Read($"{line}\r\n", Now)));

    [Theory]
    [InlineData("type=file;size=1234;modify=20260228231000; a b.hl7", "a b.hl7 1234 2026-02-28T23:10")]
    [InlineData("Size=7;Modify=20260228231000.123;Type=FILE; x", "x 7 2026-02-28T23:10")]
    [InlineData("type=file;size=7; 结果", "结果 7 0001-01-01T00:00")]
    [InlineData("type=dir;modify=20260228231000; processed", "")]
    [InlineData("type=cdir;modify=20260228231000; .", "")]
    [InlineData("total 12", "")]
    public void FtpRead_Line_GivesTheFile(string line, string expected) => Assert.Equal(expected, Text(FtpListing.ReadMachine($"{line}\r\n")));

    [Theory]
    [InlineData("results 2026.hl7", true)]
    [InlineData("结果.hl7", true)]
    [InlineData("a\nrm *", false)]
    [InlineData("a\"b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a*", false)]
    [InlineData("a[1]", false)]
    [InlineData("", false)]
    public void IsSafe_Name_IsNothingButAName(string name, bool expected) => Assert.Equal(expected, RemoteNames.IsSafe(name));

    private static string Text(IReadOnlyList<SourceFile> files) =>
        string.Join(' ', files.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name} {f.Bytes} {f.Modified:yyyy-MM-ddTHH:mm}")));
}
