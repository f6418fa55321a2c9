using System.Net;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>What a feed asks a FHIR server with: the HTTP client and the certificate that it shows. Safe for many threads.</summary>
internal sealed class FhirPullClient : IDisposable
{
    private readonly TlsIdentity? _tls;

    /// <param name="tls">Null: no certificate of ours.</param>
    /// <param name="maxResponseBytes">Longest answer that is taken whole.</param>
    public FhirPullClient(string feed, TlsOptions? tls, int maxResponseBytes, TimeProvider time, ILoggerFactory loggers)
    {
        _tls = tls is null ? null : new TlsIdentity($"Feed {feed}", tls, time, loggers.CreateLogger<FhirPullClient>());
        Http = new HttpClient(_tls?.CreateHttpHandler(CreateHandler) ?? CreateHandler()) { MaxResponseContentBufferSize = maxResponseBytes };
    }

    public HttpClient Http { get; }

    /// <summary>Of those in use the one that ends first; null: none.</summary>
    public CertificateStatus? Certificate => _tls?.Status;

    public void Dispose()
    {
        Http.Dispose();
        _tls?.Dispose();
    }

    private static SocketsHttpHandler CreateHandler() => new() { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All };
}
