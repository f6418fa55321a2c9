using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Security;

/// <summary>
/// What one feed or destination shows and trusts in TLS: 1.2 or newer, its certificate read again when the file changes, its end watched.
/// </summary>
/// <remarks>Safe for many threads. A new certificate serves connections made after it was read.</remarks>
public sealed class TlsIdentity : IDisposable
{
    /// <summary>A new file is taken up within this time.</summary>
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LogPeriod = TimeSpan.FromDays(1);

    private readonly string _owner;
    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _checking = new();
    private readonly ITimer _timer;
    private volatile Loaded _current;
    private DateTimeOffset? _lastLogged;

    /// <param name="owner">What the log calls it, e.g. <c>Feed his</c>.</param>
    /// <exception cref="CryptographicException">A file cannot be used; <see cref="TlsSettings"/> has tried it before.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public TlsIdentity(string owner, TlsOptions options, TimeProvider time, ILogger logger)
    {
        (_owner, _options, _time, _logger) = (owner, options, time, logger);
        _current = Load();
        Check();
        _timer = time.CreateTimer(_ => Check(), null, CheckPeriod, CheckPeriod);
    }

    /// <summary>Of all certificates in use, the one that ends first; null when only the operating system's are.</summary>
    public CertificateStatus? Status => _current.EndsFirst is not { } first ? null : StatusOf(first);

    /// <summary>Shakes hands with somebody who connected to us.</summary>
    /// <returns>The secured stream, which owns <paramref name="stream"/>.</returns>
    /// <exception cref="AuthenticationException">The peer is refused, or speaks no TLS 1.2; the text says why.</exception>
    /// <exception cref="TimeoutException">It took longer than allowed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public Task<SslStream> AcceptAsync(Stream stream, CancellationToken cancellationToken)
    {
        var loaded = _current;
        var judge = new PeerJudge(isRequired: _options.ClientCertificates == ClientCertificates.Required);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = loaded.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = _options.ClientCertificates != ClientCertificates.None,
            RemoteCertificateValidationCallback = _options.ClientCertificates == ClientCertificates.None ? null : judge.Decide,
            CertificateChainPolicy = ChainPolicy(loaded, "1.3.6.1.5.5.7.3.2"),   // client authentication
        };
        return ShakeHandsAsync(stream, judge, (secured, limit) => secured.AuthenticateAsServerAsync(options, limit), cancellationToken);
    }

    /// <summary>Shakes hands with somebody we connected to, whose certificate must carry the host's name.</summary>
    /// <inheritdoc cref="AcceptAsync"/>
    public Task<SslStream> ConnectAsync(Stream stream, string host, CancellationToken cancellationToken)
    {
        var judge = new PeerJudge(isRequired: true);
        var options = ClientOptions(_current, judge.Decide);
        options.TargetHost = _options.ServerName ?? host;
        return ShakeHandsAsync(stream, judge, (secured, limit) => secured.AuthenticateAsClientAsync(options, limit), cancellationToken);
    }

    /// <summary>Sends requests over HTTPS that show our certificate and trust whom we trust; a renewed certificate serves the requests after it was read.</summary>
    /// <param name="create">Makes the handler of one certificate; its TLS options are set here.</param>
    /// <returns>To be disposed before this.</returns>
    public HttpMessageHandler CreateHttpHandler(Func<SocketsHttpHandler> create) => new TlsHttpHandler(() => _current, loaded =>
    {
        var handler = create();
        handler.SslOptions = ClientOptions((Loaded)loaded, (sender, certificate, chain, errors) =>
        {
            var judge = new PeerJudge(isRequired: true);
            return judge.Decide(sender, certificate, chain, ForServerName(certificate, errors)) ? true : throw new AuthenticationException(judge.Refusal);
        });
        handler.ConnectTimeout = _options.HandshakeTimeout;   // the handshake included
        return handler;
    });

    public void Dispose() => _timer.Dispose();

    /// <summary>Takes up changed files, and says once a day when a certificate is about to end. Called by a timer.</summary>
    internal void Check()
    {
        lock (_checking)
        {
            Reload();
            var now = _time.GetUtcNow();
            if (Status is { State: not CertificateState.Good } status && !(now - _lastLogged < LogPeriod))
            {
                _lastLogged = now;
                if (status.State == CertificateState.Expired)
                {
                    TlsLog.Expired(_logger, _owner, status.Subject, status.Expires);
                }
                else
                {
                    TlsLog.Expiring(_logger, _owner, status.Subject, status.Expires, (int)(status.Expires - now).TotalDays);
                }
            }
        }
    }

    private void Reload()
    {
        if (Stamp() == _current.Stamp)
        {
            return;
        }

        try
        {
            _current = Load();
            _lastLogged = null;
            TlsLog.Reloaded(_logger, _owner, _current.EndsFirst?.NotAfter.ToUniversalTime());
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // Half-written files are common while a certificate is renewed: the old one serves on, and the next check tries again.
            TlsLog.ReloadFailed(_logger, _owner, exception.Message);
        }
    }

    private Loaded Load()
    {
        var stamp = Stamp();
        var own = TlsCertificates.LoadOwn(_options);
        var authorities = TlsCertificates.LoadAuthorities(_options);
        var all = new X509Certificate2Collection();
        if (own is var (leaf, chain))
        {
            all.Add(leaf);
            all.AddRange(chain);
        }

        all.AddRange(authorities ?? []);
        return new(
            stamp, own is null ? null : SslStreamCertificateContext.Create(own.Value.Leaf, own.Value.Chain, offline: true), authorities,
            all.OrderBy(c => c.NotAfter).FirstOrDefault());
    }

    /// <summary>When the files were last written.</summary>
    private (DateTime Certificate, DateTime Key, DateTime Authorities) Stamp()
    {
        return (Of(_options.CertificateFile), Of(_options.KeyFile), Of(_options.TrustedAuthoritiesFile));

        static DateTime Of(string? file) => file is null ? default : File.GetLastWriteTimeUtc(file);
    }

    private CertificateStatus StatusOf(X509Certificate2 certificate)
    {
        var expires = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return new(name.Length > 0 ? name : certificate.Subject, expires, CertificateStatus.StateAt(_time.GetUtcNow(), expires));
    }

    // HTTP takes the name from the address, whatever the options of TLS say.
    private SslPolicyErrors ForServerName(X509Certificate? certificate, SslPolicyErrors errors) => (_options.ServerName, certificate) switch
    {
        ({ } name, X509Certificate2 shown) when shown.MatchesHostname(name) => errors & ~SslPolicyErrors.RemoteCertificateNameMismatch,
        ({ }, _) => errors | SslPolicyErrors.RemoteCertificateNameMismatch,
        _ => errors,
    };

    private static SslClientAuthenticationOptions ClientOptions(Loaded loaded, RemoteCertificateValidationCallback decide) => new()
    {
        ClientCertificateContext = loaded.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        RemoteCertificateValidationCallback = decide,
        CertificateChainPolicy = ChainPolicy(loaded, "1.3.6.1.5.5.7.3.1"),   // server authentication
    };

    /// <summary>Hospital networks reach no revocation server, and a check that cannot be made must not stop a feed.</summary>
    private static X509ChainPolicy ChainPolicy(Loaded loaded, string purpose)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new Oid(purpose));
        if (loaded.Authorities is { } authorities)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }

    private async Task<SslStream> ShakeHandsAsync(
        Stream stream, PeerJudge judge, Func<SslStream, CancellationToken, Task> authenticate, CancellationToken cancellationToken)
    {
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.HandshakeTimeout);
        try
        {
            await authenticate(secured, limit.Token);
            return secured;
        }
        catch (Exception exception)
        {
            await secured.DisposeAsync();
            throw exception switch
            {
                OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                    new TimeoutException($"No TLS handshake within {_options.HandshakeTimeout.TotalSeconds:0} s.", exception),
                AuthenticationException when judge.Refusal is { } reason => new AuthenticationException(reason, exception),

                // A handshake that failed in the platform's TLS says why only in its innermost exception.
                AuthenticationException { InnerException: not null } =>
                    new AuthenticationException($"No TLS: {exception.GetBaseException().Message.ReplaceLineEndings(" ")}", exception),
                _ => exception,
            };
        }
    }

    /// <summary>Decides on the certificate of a peer and remembers why it was refused.</summary>
    private sealed class PeerJudge(bool isRequired)
    {
        public string? Refusal { get; private set; }

        public bool Decide(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is null)
            {
                Refusal = isRequired ? "It showed no certificate." : null;
            }
            else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            {
                Refusal = "Its certificate is for another host; see Tls:ServerName.";
            }
            else if (errors != SslPolicyErrors.None)
            {
                var reasons = string.Join(", ", chain?.ChainStatus.Select(s => s.Status.ToString()).Distinct() ?? []);
                Refusal = $"Its certificate is not trusted ({(reasons.Length > 0 ? reasons : errors.ToString())}); see Tls:TrustedAuthorities.";
            }

            return Refusal is null;
        }
    }

    private sealed record Loaded(
        (DateTime Certificate, DateTime Key, DateTime Authorities) Stamp, SslStreamCertificateContext? Context,
        X509Certificate2Collection? Authorities, X509Certificate2? EndsFirst);
}
