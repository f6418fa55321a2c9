using Integration.Adapters.Gateway.Mail;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Messaging.Mail;

public sealed class MailSettingsTests
{
    [Theory]
    [InlineData("StartTls", 587)]
    [InlineData("Implicit", 465)]
    [InlineData("None", 25)]
    public void Read_Security_ChoosesThePort(string security, int port)
    {
        var (options, problems) = Read(("Smtp:Host", "mail.hospital.local"), ("Smtp:From", "noreply@hospital.example"), ("Smtp:Security", security));

        Assert.Empty(problems);
        Assert.Equal((port, "mailto:noreply@hospital.example?subject=unsubscribe"), (options!.Port, options.Unsubscribe.AbsoluteUri));
    }

    /// <summary>Everything that is wrong at once.</summary>
    [Fact]
    public void Read_WrongSettings_NamesEach()
    {
        var (options, problems) = Read(
            ("Smtp:From", "东院 <noreply@hospital.example>"), ("Smtp:User", "crm"), ("Smtp:Unsubscribe", "ftp://x"), ("Smtp:Port", "0"), ("Smtp:Security", "Tls"));

        Assert.Null(options);
        Assert.Equal(
            ["Smtp:From", "Smtp:Host", "Smtp:Password", "Smtp:Port", "Smtp:Security", "Smtp:Unsubscribe"], problems.Select(p => p.Replace("mail:", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("mail.hospital.local", 1)]
    [InlineData("127.0.0.1", 0)]
    public void Read_PasswordInClear_IsForThisMachineOnly(string host, int problems) => Assert.Equal(problems, Read(
        ("Smtp:Host", host), ("Smtp:From", "noreply@hospital.example"), ("Smtp:Security", "None"), ("Smtp:User", "crm"), ("Smtp:Password", "word")).Problems.Count);

    private static (SmtpOptions? Options, IReadOnlyList<string> Problems) Read(params (string Key, string Value)[] settings)
    {
        var reader = new SettingsReader(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"mail:{s.Key}", (string?)s.Value))).Build().GetSection("mail"));
        return (SmtpOptions.Read(reader, isNeeded: true), [.. reader.Problems.Select(p => p.Place)]);
    }
}
