using System.Text;
using Integration.Adapters.Gateway.Mail;

namespace Integration.Tests.Messaging.Mail;

public sealed class MailTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 16, 2, 0, 0, TimeSpan.Zero);
    private static readonly SmtpOptions Options = new("mail", 25, SmtpSecurity.None, null, null, "noreply@hospital.example", "东院", new Uri("mailto:stop@hospital.example?subject=退订"));

    [Fact]
    public void Write_ChineseMail_IsShortAsciiLines()
    {
        var text = Write("东院：3月18日的预约已确认，请您按时前来就诊并携带相关证件与以往检查资料𠮷", new string('您', 2000) + "\n.\n第二行", null);

        Assert.All(text.Split("\r\n"), line => Assert.True(line.Length <= 78 && line.All(c => c is >= ' ' and <= '~') && !line.StartsWith('.'), line));
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("List-Unsubscribe", text, StringComparison.Ordinal);
        Assert.Contains("Message-ID: <e1-email@hospital.example>\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Date: Mon, 16 Mar 2026 02:00:00 +0000\r\n", text, StringComparison.Ordinal);
        Assert.Equal(new string('您', 2000) + "\r\n.\r\n第二行\r\n", Encoding.UTF8.GetString(Convert.FromBase64String(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])));
    }

    [Fact]
    public void Write_Marketing_SaysHowToUnsubscribe() =>
        Assert.Contains("List-Unsubscribe: <mailto:stop@hospital.example?subject=%E9%80%80%E8%AE%A2>\r\n", Write("Hello", "text", Options.Unsubscribe), StringComparison.Ordinal);

    /// <summary>A name of a patient is no way to add a header or a recipient.</summary>
    [Fact]
    public void Write_LineBreaksInTheSubject_StayInTheSubject()
    {
        var text = Write("Hello\r\nBcc: everybody@example.org", "text", null);

        Assert.DoesNotContain("\r\nBcc:", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b+c@example.org", "a.b+c@example.org")]
    [InlineData("wang@医院.example", "wang@xn--ekrs67m.example")]
    [InlineData("王芳@example.org", null)]
    [InlineData("a@b@example.org", null)]
    [InlineData("a b@example.org", null)]
    [InlineData("a>\r\nRCPT TO:<b@example.org", null)]
    [InlineData("a@example.org>\r\nDATA", null)]
    [InlineData("a..b@example.org", null)]
    [InlineData("@example.org", null)]
    [InlineData("a@", null)]
    [InlineData("", null)]
    public void Parse_Address_IsCheckedAndAscii(string text, string? expected) => Assert.Equal(expected, MailAddress.Parse(text));

    private static string Write(string subject, string text, Uri? unsubscribe) =>
        Encoding.ASCII.GetString(MailText.Write(Options, "e1-email@hospital.example", "wang@example.org", subject, text, unsubscribe, Now));
}
