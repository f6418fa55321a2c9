using Integration.Core.Security;
using Integration.Tests.Api;
using Integration.Tests.Hl7v2;
using Microsoft.Extensions.Logging;

namespace Integration.Tests.Security;

/// <summary>The watch over certificates: amber, red, a line in the log once a day, a new file without a restart.</summary>
public sealed class TlsIdentityTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly StepClock _clock = new(DateTimeOffset.UtcNow);
    private readonly CapturedLogs _logs = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _logs.Dispose();
    }

    [Theory]
    [InlineData(31, CertificateState.Good)]
    [InlineData(29, CertificateState.Expiring)]
    [InlineData(0.01, CertificateState.Expiring)]
    [InlineData(-1, CertificateState.Expired)]
    public void Status_DaysLeft_DecideTheColour(double days, CertificateState expected)
    {
        using var identity = Identity(_certificates.PemFile("server", TimeSpan.FromDays(days)));

        Assert.Equal(expected, identity.Status!.State);
    }

    [Fact]
    public void Check_ExpiringCertificate_IsLoggedOnceADayThenAsExpired()
    {
        using var identity = Identity(_certificates.PemFile("server", TimeSpan.FromDays(2.5)));
        for (var hour = 1; hour <= 72; hour++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            identity.Check();
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Warning, LogLevel.Warning, LogLevel.Error], _logs.Lines.Select(l => l.Level));
        Assert.Contains("Feed his: the certificate 'server' expires in 2 days", _logs.Lines.First().Text);
    }

    [Fact]
    public void Check_NewFile_IsTakenUpAndABrokenOneIsNot()
    {
        var file = _certificates.PemFile("server", TimeSpan.FromDays(5));
        using var identity = Identity(file);

        File.WriteAllText(file, "-----BEGIN CERTIFICATE-----\nhalf");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));
        identity.Check();
        Assert.Equal(CertificateState.Expiring, identity.Status!.State);

        File.SetLastWriteTimeUtc(_certificates.PemFile("server", TimeSpan.FromDays(300)), DateTime.UtcNow.AddMinutes(2));
        identity.Check();
        Assert.Equal(CertificateState.Good, identity.Status!.State);
        Assert.Contains(_logs.Lines, l => l.Text.Contains("the old ones serve on", StringComparison.Ordinal));
    }

    private TlsIdentity Identity(string file) => new("Feed his", new() { CertificateFile = file }, _clock, _logs.CreateLogger("test"));
}
