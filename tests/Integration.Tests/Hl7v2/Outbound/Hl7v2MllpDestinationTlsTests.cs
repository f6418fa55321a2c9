using Integration.Adapters.Hl7v2.Outbound;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Security;
using Integration.Tests.Delivery;
using Integration.Tests.Mapping.Outbound;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Hl7v2.Outbound;

/// <summary>A destination over TLS, with our own MLLP server as the receiver.</summary>
public sealed class Hl7v2MllpDestinationTlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task SendAsync_RightCertificate_IsAcceptedAndItsEndIsTold()
    {
        await using var receiver = await StartReceiverAsync();
        await using var destination = NewDestination(receiver.Port, Trusting(_certificates.PemFile("hub", TimeSpan.FromDays(20))));

        Assert.IsType<SendResult.Accepted>(await SendAsync(destination, "M1"));
        Assert.IsType<SendResult.Accepted>(await SendAsync(destination, "M2"));

        Assert.Equal(["M1", "M2"], receiver.Intake.Messages.Select(m => m.ControlId));
        Assert.Equal(1, receiver.Adapter.Connections);
        Assert.Equal(("hub", CertificateState.Expiring), (destination.Certificate!.Subject, destination.Certificate.State));
        Assert.Equal($"MLLP over TLS to 127.0.0.1:{receiver.Port} in UNICODE UTF-8", destination.Description);
    }

    [Fact]
    public async Task DisposeAsync_AfterSending_EndsTheConnection()
    {
        await using var receiver = await StartReceiverAsync();
        var destination = NewDestination(receiver.Port, Trusting(_certificates.PemFile("hub", TimeSpan.FromDays(20))));
        Assert.IsType<SendResult.Accepted>(await SendAsync(destination, "M1"));

        await destination.DisposeAsync();

        using var patience = new CancellationTokenSource(AdapterHost.Patience);
        while (receiver.Adapter.Connections > 0)
        {
            await Task.Delay(10, patience.Token);
        }
    }

    [Theory]
    [InlineData("no certificate", "it does not take ours; see Tls:Certificate.")]
    [InlineData("a stranger's", "it does not take ours; see Tls:Certificate.")]
    [InlineData("not trusting", "Its certificate is not trusted")]
    [InlineData("another host", "Its certificate is for another host; see Tls:ServerName.")]
    public async Task SendAsync_SomebodyIsNotTrusted_SaysWhyInOneLine(string wrong, string reason)
    {
        await using var receiver = await StartReceiverAsync();
        var right = Trusting(_certificates.PemFile("hub", TimeSpan.FromDays(20)));
        await using var destination = NewDestination(receiver.Port, wrong switch
        {
            "no certificate" => right with { CertificateFile = null },
            "a stranger's" => right with { CertificateFile = _certificates.PemFile("eve", _certificates.Issue("eve", TimeSpan.FromDays(20), byStranger: true)) },
            "not trusting" => right with { TrustedAuthoritiesFile = null },
            _ => right with { ServerName = "lis.hospital" },
        });

        var result = Assert.IsType<SendResult.Unreachable>(await SendAsync(destination, "M1"));

        Assert.StartsWith($"127.0.0.1:{receiver.Port}: ", result.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', result.Reason);
        Assert.Empty(receiver.Intake.Messages);
    }

    /// <summary>Nothing was sent then, so it must not count as a message that may have arrived.</summary>
    [Fact]
    public async Task SendAsync_ReceiverWithoutTls_IsUnreachableAndNotTimedOut()
    {
        await using var receiver = await AdapterHost.StartAsync();
        await using var destination = NewDestination(
            receiver.Port, Trusting(_certificates.PemFile("hub", TimeSpan.FromDays(20))) with { HandshakeTimeout = TimeSpan.FromMilliseconds(300) });

        var result = Assert.IsType<SendResult.Unreachable>(await SendAsync(destination, "M1"));

        Assert.Contains("handshake", result.Reason, StringComparison.Ordinal);
        Assert.Empty(receiver.Intake.Messages);
    }

    [Fact]
    public async Task Worker_RefusedForAnHour_TriesSeldomAndWarnsOnce()
    {
        await using var receiver = await StartReceiverAsync();
        await using var host = await DeliveryHost.StartAsync(
            ("Destinations:crm:Adapter", "Hl7v2.Mllp"), ("Destinations:crm:Connect", $"127.0.0.1:{receiver.Port}"), ("Destinations:crm:Charset", "UNICODE UTF-8"),
            ("Destinations:crm:Tls:TrustedAuthorities", _certificates.AuthorityFile));
        await host.ChangeAsync("P1", "欧阳^娜娜");
        await host.ChangeAsync("P2", "王^芳");

        await host.SendAsync(TimeSpan.FromHours(1));

        var deliveries = await host.DeliveriesAsync();
        Assert.All(deliveries, d => Assert.Equal(DeliveryState.Waiting, d.State));
        Assert.Equal(IntegrationErrorCode.DestinationUnreachable, deliveries[0].LastError!.Code);
        Assert.Contains("see Tls:Certificate", deliveries[0].LastError!.Text, StringComparison.Ordinal);
        Assert.InRange(deliveries.Sum(d => d.Attempts), 5, 20);   // 1 s, 2 s, then 30 s doubling up to 5 minutes
        Assert.Single(host.Log.Entries, e => e.Event.Id == 7001);
        Assert.Empty(receiver.Intake.Messages);
    }

    [Fact]
    public void Validate_WrongTlsSettings_AreAllReported()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Destinations:crm:Connect"] = "10.0.0.5:6661",
            ["Destinations:crm:Tls:Certificate"] = "no such.pem",
            ["Destinations:crm:Tls:TrustedAuthorities"] = "nor this.pem",
            ["Destinations:crm:Tls:ClientCertificates"] = "Required",
        }).Build().GetSection("Destinations:crm");
        var factory = new Hl7v2MllpDestinationFactory(TimeProvider.System, NullLoggerFactory.Instance);

        var problems = factory.Validate(new DestinationOptions { Name = "crm", Feed = "crm" }, section, new(OutboundSamples.Mappings, TimeZoneInfo.Utc));

        Assert.Equal(
            ["Destinations:crm:Tls:Certificate", "Destinations:crm:Tls:ClientCertificates", "Destinations:crm:Tls:TrustedAuthorities"],
            problems.Select(p => p.Place).Order(StringComparer.Ordinal));
    }

    /// <summary>Takes senders only whose certificate the authority has issued.</summary>
    private Task<AdapterHost> StartReceiverAsync() => AdapterHost.StartAsync(new()
    {
        Tls = new()
        {
            CertificateFile = _certificates.PemFile("server", TimeSpan.FromDays(365)),
            ClientCertificates = ClientCertificates.Required,
            TrustedAuthoritiesFile = _certificates.AuthorityFile,
        },
    });

    private TlsOptions Trusting(string certificateFile) => new() { CertificateFile = certificateFile, TrustedAuthoritiesFile = _certificates.AuthorityFile };

    private static Hl7v2MllpDestination NewDestination(int port, TlsOptions tls) => new(
        "crm", new Hl7DestinationOptions { Port = port, Tls = tls, TimeZone = TimeZoneInfo.Utc }, OutboundSamples.Mappings, TimeProvider.System, NullLogger.Instance);

    private static ValueTask<SendResult> SendAsync(Hl7v2MllpDestination destination, string controlId) =>
        destination.SendAsync(AdapterHost.Message(controlId), controlId, AdapterHost.Patience, CancellationToken.None);
}
