using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Integration.Adapters.Hl7v2.Http;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Tests.Hl7v2.Batches;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Hl7v2.Http;

/// <summary>FEATURES row 18: POST of a message answers its acknowledgement.</summary>
public sealed class Hl7v2HttpAdapterTests : IAsyncDisposable
{
    private readonly FakeIntake _intake = new();
    private readonly HttpClient _client = new();
    private Hl7v2HttpAdapter? _adapter;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_adapter is not null)
        {
            await _adapter.StopAsync(CancellationToken.None);
            await _adapter.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("application/hl7-v2")]
    [InlineData("application/hl7-v2; charset=UTF-8")]
    [InlineData("x-application/hl7-v2+er7")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task Post_Message_AnswersItsAcknowledgement(string? contentType)
    {
        await StartAsync();

        using var response = await PostAsync(AdapterHost.Message("C1"), contentType);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/hl7-v2; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var ack = Hl7.Message(await response.Content.ReadAsStringAsync());
        Assert.Equal(("ACK", "AA", "C1"), (ack["MSH-9.1"], ack["MSA-1"], ack["MSA-2"]));
        Assert.Equal(AdapterHost.Message("C1"), Assert.Single(_intake.Messages).Raw.ToArray());
    }

    [Fact]
    public async Task Post_Gb18030Message_AnswersInItsCharset()
    {
        await StartAsync();

        using var response = await PostAsync(Hl7.Bytes(Hl7.Header("GB18030") + "\rPID|1||1||张^玘\r", Hl7.Gb18030), "application/hl7-v2");

        Assert.Equal("gb18030", response.Content.Headers.ContentType!.CharSet);
        var answer = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("C1", ((Hl7Message)Hl7.Parse(answer).Document!)["MSA-2"]);
    }

    [Fact]
    public async Task Post_NotHl7_Answers400WithTheReason()
    {
        await StartAsync();

        using var response = await PostAsync("hello"u8.ToArray(), "text/plain");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("AR", Hl7.Message(await response.Content.ReadAsStringAsync())["MSA-1"]);
    }

    [Fact]
    public async Task Post_StoreAway_Answers503AndWhenToTryAgain()
    {
        _intake.Answer = _ => new IntakeResult.Refused("The disk is full.");
        await StartAsync();

        using var response = await PostAsync(AdapterHost.Message("C1"), "application/hl7-v2");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal("AR", Hl7.Message(await response.Content.ReadAsStringAsync())["MSA-1"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_TooLong_Answers413AndNothingIsTaken(bool chunked)
    {
        await StartAsync(new Hl7v2HttpOptions { MaxMessageBytes = 2048 });
        using var content = new ByteArrayContent([.. AdapterHost.Message("C1"), .. new byte[200_000]]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/hl7-v2");
        using var request = new HttpRequestMessage(HttpMethod.Post, Url()) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("C1", Hl7.Message(await response.Content.ReadAsStringAsync())["MSA-2"]);
        Assert.Empty(_intake.Messages);
    }

    [Fact]
    public async Task Post_Batch_AnswersOneAcknowledgementAMessageAndTheCountThatIsWrong()
    {
        await StartAsync();

        using var response = await PostAsync(Hl7.Bytes(BatchFiles.File(messages: 3, declared: 4)), "application/hl7-v2");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("FHS BHS MSH MSA MSH MSA MSH MSA BTS FTS", string.Join(' ', lines.Select(l => l[..3])));
        Assert.StartsWith("FHS|^~\\&|HUB|H|HIS|EAST|", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("|F1", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("|B1", lines[1], StringComparison.Ordinal);
        Assert.Equal(["MSA|AA|C1", "MSA|AA|C2", "MSA|AA|C3"], lines.Where(l => l.StartsWith("MSA", StringComparison.Ordinal)));
        Assert.StartsWith("BTS|3|BTS-1 declares 4 messages", lines[^2], StringComparison.Ordinal);
        Assert.Equal("FTS|1", lines[^1]);
        Assert.Equal(3, _intake.Messages.Count);
    }

    [Fact]
    public async Task Post_WrongAddressMethodOrType_SaysWhatIsRight()
    {
        await StartAsync(new Hl7v2HttpOptions { Path = "/hl7" });

        using var elsewhere = await _client.PostAsync(new Uri($"http://127.0.0.1:{_adapter!.LocalEndpoint!.Port}/"), new ByteArrayContent([1]));
        using var get = await _client.GetAsync(Url("/hl7"));
        using var xml = await PostAsync("<xml/>"u8.ToArray(), "application/xml", "/hl7");

        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed, HttpStatusCode.UnsupportedMediaType),
            (elsewhere.StatusCode, get.StatusCode, xml.StatusCode));
        Assert.Equal("POST", Assert.Single(get.Content.Headers.Allow));
        Assert.Equal("application/problem+json", xml.Content.Headers.ContentType!.MediaType);
        Assert.Empty(_intake.Messages);
    }

    [Theory]
    [InlineData("X-Api-Key", "key-of-the-sender-1", HttpStatusCode.OK)]
    [InlineData("X-Api-Key", "key-of-the-sender-2", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Basic bGlzOnBhc3N3b3JkLW9mLWxpcw==", HttpStatusCode.OK)]
    [InlineData("Authorization", "Basic bGlzOndyb25n", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Basic !", HttpStatusCode.Unauthorized)]
    [InlineData("Accept", "*/*", HttpStatusCode.Unauthorized)]
    public async Task Post_Credentials_AreAskedForWhereTheyAreSet(string header, string value, HttpStatusCode expected)
    {
        await StartAsync(new Hl7v2HttpOptions { ApiKey = "key-of-the-sender-1", User = "lis", Password = "password-of-lis" });
        _client.DefaultRequestHeaders.Add(header, value);

        using var response = await PostAsync(AdapterHost.Message("C1"), "application/hl7-v2");

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, _intake.Messages.Count);
    }

    [Fact]
    public async Task Post_ManyAtOnce_NoMoreThanTheLimitAreUnderWay()
    {
        var gate = new TaskCompletionSource();
        _intake.Gate = gate.Task;
        await StartAsync();

        var posts = Enumerable.Range(0, 60).Select(i => PostAsync(AdapterHost.Message($"C{i}"), "application/hl7-v2")).ToList();
        using var patience = new CancellationTokenSource(AdapterHost.Patience);
        while (_intake.Messages.Count < 32)
        {
            await Task.Delay(5, patience.Token);
        }

        gate.SetResult();
        foreach (var post in posts)
        {
            using var response = await post;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal((60, 32), (_intake.Messages.Count, _intake.MostAtOnce));
    }

    [Fact]
    public async Task Post_OverTls_IsTakenFromThoseWhoShowATrustedCertificate()
    {
        using var certificates = new TestCertificates();
        await StartAsync(new Hl7v2HttpOptions
        {
            Tls = new TlsOptions
            {
                CertificateFile = certificates.PemFile("server", TimeSpan.FromDays(10)),
                ClientCertificates = ClientCertificates.Required,
                TrustedAuthoritiesFile = certificates.AuthorityFile,
            },
        });
        var url = new UriBuilder(Url()) { Scheme = "https" }.Uri;
        using var trusted = Client(certificates.Issue("lis", TimeSpan.FromDays(10)));
        using var stranger = Client(certificates.Issue("lis", TimeSpan.FromDays(10), byStranger: true));

        using var response = await trusted.PostAsync(url, new ByteArrayContent(AdapterHost.Message("C1")));
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.PostAsync(url, new ByteArrayContent(AdapterHost.Message("C2"))));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("C1", Assert.Single(_intake.Messages).ControlId);
        Assert.Equal(CertificateState.Expiring, _adapter!.Transport.Certificate!.State);

        HttpClient Client(X509Certificate2 own) => new(new SocketsHttpHandler
        {
            SslOptions =
            {
                ClientCertificates = [own],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => own,
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(certificates.AuthorityFile) },
                },
            },
        });
    }

    [Fact]
    public async Task Start_PortTaken_SaysWhatToDo()
    {
        await StartAsync();
        await using var second = new Hl7v2HttpAdapter(
            "web", new Hl7v2HttpOptions { Listen = _adapter!.LocalEndpoint! }, _intake, null, new IntakeBudget(1 << 30), TimeProvider.System, NullLoggerFactory.Instance);

        var problem = Assert.Single((await Assert.ThrowsAsync<ConfigurationException>(() => second.StartAsync(CancellationToken.None))).Problems);

        Assert.Equal("Feeds:web:Listen", problem.Place);
        Assert.Contains("already in use", problem.Text, StringComparison.Ordinal);
    }

    private async Task StartAsync(Hl7v2HttpOptions? options = null)
    {
        _adapter = new Hl7v2HttpAdapter(
            "web", (options ?? new Hl7v2HttpOptions()) with { Listen = new(IPAddress.Loopback, 0) }, _intake, null, new IntakeBudget(1 << 30), TimeProvider.System, NullLoggerFactory.Instance);
        await _adapter.StartAsync(CancellationToken.None);
    }

    private Uri Url(string path = "/") => new($"http://127.0.0.1:{_adapter!.LocalEndpoint!.Port}{path}");

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string? contentType, string path = "/")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return await _client.PostAsync(Url(path), content);
    }
}
