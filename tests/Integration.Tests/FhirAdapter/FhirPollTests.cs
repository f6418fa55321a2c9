using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Fhir.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Tests.Hl7v2;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.FhirAdapter;

/// <summary>Pull: any R4 server is read by _lastUpdated, whatever it does on the way, and nothing is lost or doubled.</summary>
public sealed class FhirPollTests : IAsyncLifetime
{
    private readonly WilfulFhirServer _server = new();
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync();
        _engine = await FhirEngine.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Poll_ReadsAllPages_ThenOnlyWhatIsNew()
    {
        await using var feed = Feed();
        Put(25);

        await feed.PullAsync(CancellationToken.None);
        var asked = _server.Requests.Count;
        _server.Put(Patient(3, "丙", minute: 60));
        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(feed.Notices);
        Assert.Equal(25, (await _engine.AllAsync()).Count);
        Assert.Equal("丙", (string?)(await _engine.FindFhirAsync("Patient", "p3"))!.Resource["name"]![0]!["text"]);
        Assert.Equal(26, await CountAsync());
        Assert.True(asked > 2, "Pages of ten of 25 resources are three.");
        Assert.Contains("_lastUpdated=ge", _server.Requests[^1]);
    }

    [Fact]
    public async Task Restart_GoesOnWhereTheLastOneEnded_AndDoublesNothing()
    {
        Put(12);
        await using (var first = Feed())
        {
            await first.PullAsync(CancellationToken.None);
        }

        await using var second = Feed();
        _server.Put(Patient(40, "新", minute: 61));
        await second.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Equal(13, (await _engine.AllAsync()).Count);
        Assert.All(await _engine.FhirMessagesAsync(), message => Assert.NotEqual(MessageState.Failed, message.State));
        Assert.Equal(13, (await _engine.FhirMessagesAsync()).Count(message => message.State == MessageState.Done));
    }

    [Theory]
    [InlineData(WilfulFhirServer.Whim.CutPage)]
    [InlineData(WilfulFhirServer.Whim.BreakOff)]
    [InlineData(WilfulFhirServer.Whim.TooMany)]
    [InlineData(WilfulFhirServer.Whim.Unavailable)]
    [InlineData(WilfulFhirServer.Whim.InternalError)]
    public async Task Whim_OnThePageInTheMiddle_LosesNothing(WilfulFhirServer.Whim whim)
    {
        await using var feed = Feed();
        Put(25);
        _server.At(2, whim);

        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(feed.Notices);
        Assert.Equal(25, (await _engine.AllAsync()).Count);
        Assert.Equal(25, await CountAsync());
    }

    [Fact]
    public async Task RetryAfter_IsObeyed()
    {
        await using var feed = Feed();
        Put(1);
        _server.At(1, WilfulFhirServer.Whim.TooMany);

        await feed.PullAsync(CancellationToken.None);

        Assert.True(_server.Times[1] - _server.Times[0] >= TimeSpan.FromSeconds(0.95), "The server asked for a second.");
    }

    [Fact]
    public async Task TokenThatEndsInMidPage_IsRenewed_AndLosesNothing()
    {
        await using var feed = Feed(("Authentication:Kind", "ClientCredentials"), ("Authentication:ClientId", "hub"), ("Authentication:ClientSecret", "s3cret"));
        _server.WantsToken = true;
        Put(25);
        _server.At(2, WilfulFhirServer.Whim.TokenEnds);

        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(feed.Notices);
        Assert.Equal(25, (await _engine.AllAsync()).Count);
        Assert.Equal(2, _server.TokensGiven);
        Assert.Equal($"Basic {Convert.ToBase64String("hub:s3cret"u8)}", _server.LastTokenRequest.Authorization);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SmartBackend_SignsWhoWeAre(bool elliptic)
    {
        using var folder = new TemporaryKey(elliptic);
        await using var feed = Feed(
            ("Authentication:Kind", "SmartBackend"), ("Authentication:ClientId", "hub"), ("Authentication:KeyFile", folder.Path), ("Authentication:KeyId", "k1"));
        _server.WantsToken = true;
        Put(1);

        await feed.PullAsync(CancellationToken.None);

        Assert.Empty(feed.Notices);
        var parts = _server.LastTokenRequest.Form["client_assertion"].Split('.');
        Assert.True(folder.Verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), System.Buffers.Text.Base64Url.DecodeFromChars(parts[2])));
        var (header, claims) = (Json(parts[0]), Json(parts[1]));
        Assert.Equal((elliptic ? "ES384" : "RS384", "k1"), ((string?)header["alg"], (string?)header["kid"]));
        Assert.Equal(("hub", "hub", _server.TokenUrl), ((string?)claims["iss"], (string?)claims["sub"], (string?)claims["aud"]));
    }

    [Theory]
    [InlineData("Basic", "Basic aHViOnMzY3JldA==")]
    [InlineData("Bearer", "Bearer abc")]
    [InlineData("None", "")]
    public async Task Authentication_IsSent(string kind, string expected)
    {
        await using var feed = Feed(
            ("Authentication:Kind", kind), ("Authentication:User", "hub"), ("Authentication:Password", "s3cret"), ("Authentication:Token", "abc"));

        await feed.PullAsync(CancellationToken.None);

        Assert.Equal(expected, _server.LastAuthorization);
    }

    [Fact]
    public async Task StoreAway_DoesNotMoveTheWatermark()
    {
        Put(12);
        var refusing = new RefusingIntake(_engine.Intake) { RefuseFrom = 5 };
        await using var feed = Feed(refusing);

        await feed.PullAsync(CancellationToken.None);
        var notice = Assert.Single(feed.Notices);
        refusing.RefuseFrom = int.MaxValue;
        await feed.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Equal(FeedNoticeLevel.Warning, notice.Level);
        Assert.Empty(feed.Notices);
        Assert.Equal(12, (await _engine.AllAsync()).Count);
    }

    [Fact]
    public async Task PagesOutOfOrder_AreReadToTheEnd_BeforeTheWatermarkMoves()
    {
        Put(25);
        _server.IgnoresSort = true;
        _server.At(3, WilfulFhirServer.Whim.Gone);
        await using (var first = Feed())
        {
            await first.PullAsync(CancellationToken.None);
            Assert.Contains("410", Assert.Single(first.Notices).Text);
        }

        await using var second = Feed();
        await second.PullAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Equal(25, (await _engine.AllAsync()).Count);
    }

    [Theory]
    [InlineData(WilfulFhirServer.Whim.NextElsewhere, "another server")]
    [InlineData(WilfulFhirServer.Whim.NextInACircle, "circle")]
    [InlineData(WilfulFhirServer.Whim.Forbidden, "403")]
    public async Task WhatCannotBeFollowed_IsToldOnTheBoard(WilfulFhirServer.Whim whim, string text)
    {
        await using var feed = Feed();
        Put(25);
        _server.At(1, whim);

        await feed.PullAsync(CancellationToken.None);

        var notice = Assert.Single(feed.Notices);
        Assert.Equal(FeedNoticeLevel.Fault, notice.Level);
        Assert.Contains(text, notice.Text);
    }

    [Fact]
    public async Task Poll_ServerThatDemandsACertificate_IsReadAndItsEndIsOnTheBoard()
    {
        using var certificates = new TestCertificates();
        await using var server = await SecuredAsync(certificates);
        var (address, authority) = (("BaseUrl", server.BaseUrl), ("Authentication:Tls:TrustedAuthorities", certificates.AuthorityFile));
        await using var feed = Feed(address, authority, ("Authentication:Tls:Certificate", certificates.PemFile("our engine", TimeSpan.FromDays(20))));

        await feed.PullAsync(CancellationToken.None);

        Assert.Empty(feed.Notices);
        Assert.Equal(1, await CountAsync());
        Assert.Equal(("our engine", CertificateState.Expiring), (feed.Transport.Certificate!.Subject, feed.Transport.Certificate.State));
    }

    [Fact]
    public async Task Poll_ServerThatIsNotTrusted_IsNotAskedAndTheBoardSaysWhy()
    {
        using var certificates = new TestCertificates();
        await using var server = await SecuredAsync(certificates);
        await using var feed = Feed(("BaseUrl", server.BaseUrl), ("Authentication:Tls:Certificate", certificates.PemFile("our engine", TimeSpan.FromDays(200))));

        await feed.PullAsync(CancellationToken.None);

        Assert.Contains("not trusted", Assert.Single(feed.Notices).Text, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Settings_CertificateForHttp_IsAProblem()
    {
        var reader = FhirEngine.Settings(("BaseUrl", "http://emr/fhir"), ("Types", "Patient"), ("Authentication:Tls:Enabled", "true"));
        FhirPollOptions.Read(reader);

        Assert.Equal("Feeds:emr:Authentication:Tls", Assert.Single(reader.Problems).Place);
    }

    [Fact]
    public void Settings_EverythingWrong_IsReportedAtOnce()
    {
        var reader = FhirEngine.Settings(("BaseUrl", "ftp://x"), ("Types", "Patient,Hospital"), ("Validation", "Reject"), ("Authentication:Kind", "Basic"), ("Colour", "red"), ("Since", "yesterday"));
        FhirPollOptions.Read(reader);

        Assert.Equal(
            ["Feeds:emr:Authentication:Password", "Feeds:emr:Authentication:User", "Feeds:emr:BaseUrl", "Feeds:emr:Colour", "Feeds:emr:Since", "Feeds:emr:Types", "Feeds:emr:Validation"],
            reader.Problems.Select(problem => problem.Place).Order(StringComparer.Ordinal));
    }

    private static async Task<WilfulFhirServer> SecuredAsync(TestCertificates certificates)
    {
        var server = new WilfulFhirServer(new TlsOptions
        {
            CertificateFile = certificates.PemFile("server", TimeSpan.FromDays(200)),
            ClientCertificates = ClientCertificates.Required,
            TrustedAuthoritiesFile = certificates.AuthorityFile,
        });
        await server.StartAsync();
        server.Put(Patient(1, "甲", minute: 1));
        return server;
    }

    private static JsonNode Json(string part) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(part))!;

    private static string Patient(int number, string name, int minute) => FhirEngine.Patient(
        $"p{number}", $"M{number}", name, $$""" "meta":{"versionId":"{{minute}}","lastUpdated":"{{new DateTime(2026, 3, 1, 8, 0, 0).AddMinutes(minute):yyyy-MM-dd'T'HH:mm:ss}}Z"}, """);

    private void Put(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _server.Put(Patient(i, "甲", i));
        }
    }

    private FhirPullAdapter Feed(params (string Key, string Value)[] settings) => Feed(_engine.Intake, settings);

    private FhirPullAdapter Feed(IMessageIntake intake, params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] usual =
            [("BaseUrl", _server.BaseUrl), ("Types", "Patient"), ("PageSize", "10"), ("AssigningAuthority", FhirEngine.Authority), ("Authentication:TokenUrl", _server.TokenUrl)];
        var reader = FhirEngine.Settings([.. usual.Where(u => settings.All(s => s.Key != u.Key)), .. settings]);
        var options = FhirPollOptions.Read(reader);
        Assert.Empty(reader.Problems);
        return FhirPollAdapterFactory.Create("emr", options, _engine.Services.GetRequiredService<FeedWatermarks>(), intake, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private async Task<int> CountAsync() => (await _engine.FhirMessagesAsync()).Count;

    private sealed class RefusingIntake(IMessageIntake inner) : IMessageIntake
    {
        private int _count;

        public int RefuseFrom { get; set; }

        public ValueTask<IntakeResult> AcceptAsync(InboundMessage message, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _count) >= RefuseFrom ? new(new IntakeResult.Refused("The disk is full.")) : inner.AcceptAsync(message, cancellationToken);
    }

    private sealed class TemporaryKey : IDisposable
    {
        private readonly RSA? _rsa;
        private readonly ECDsa? _elliptic;

        public TemporaryKey(bool elliptic)
        {
            Path = System.IO.Path.GetTempFileName();
            (_rsa, _elliptic) = elliptic ? (null, ECDsa.Create(ECCurve.NamedCurves.nistP384)) : (RSA.Create(2048), (ECDsa?)null);
            File.WriteAllText(Path, _rsa?.ExportPkcs8PrivateKeyPem() ?? _elliptic!.ExportPkcs8PrivateKeyPem());
        }

        public string Path { get; }

        public bool Verify(byte[] data, byte[] signature) =>
            _rsa?.VerifyData(data, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1) ?? _elliptic!.VerifyData(data, signature, HashAlgorithmName.SHA384);

        public void Dispose()
        {
            _rsa?.Dispose();
            _elliptic?.Dispose();
            File.Delete(Path);
        }
    }
}
