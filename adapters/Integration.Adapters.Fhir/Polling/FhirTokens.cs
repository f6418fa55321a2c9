using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Adapters.Shared.Polling;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>Gives what a request says who we are with; asks for a token when there is none, or the server no longer takes it. Not for many threads.</summary>
internal sealed class FhirTokens(FhirAuthentication options, HttpClient client, TimeProvider time)
{
    /// <summary>A token is renewed so long before it ends, since a request takes time.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AssertionLife = TimeSpan.FromMinutes(4);   // SMART Backend Services: five minutes at most

    private string? _token;
    private DateTimeOffset _ends;

    /// <summary>Whether another token may help when the server refuses this one.</summary>
    public bool CanRenew => options.Kind is FhirAuthenticationKind.ClientCredentials or FhirAuthenticationKind.SmartBackend;

    /// <param name="renew">The server does not take the last one any more.</param>
    /// <returns>Null: nothing is said.</returns>
    /// <exception cref="FhirSourceException">There is no token to be had.</exception>
    public async ValueTask<AuthenticationHeaderValue?> GetAsync(bool renew, CancellationToken cancellationToken)
    {
        switch (options.Kind)
        {
            case FhirAuthenticationKind.None:
                return null;
            case FhirAuthenticationKind.Basic:
                return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}")));
            case FhirAuthenticationKind.Bearer:
                return new("Bearer", options.Token);
            default:
                if (renew || _token is null || time.GetUtcNow() + Margin >= _ends)
                {
                    await AskAsync(cancellationToken);
                }

                return new("Bearer", _token);
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (options.Scope.Length > 0)
        {
            form["scope"] = options.Scope;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, options.TokenUrl);
        if (options.Kind == FhirAuthenticationKind.SmartBackend)
        {
            form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form["client_assertion"] = Assertion();
        }
        else
        {
            // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
            var client = $"{Uri.EscapeDataString(options.ClientId)}:{Uri.EscapeDataString(options.ClientSecret)}";
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(client)));
        }

        request.Content = new FormUrlEncodedContent(form);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new FhirSourceException($"The token server answers {(int)response.StatusCode}. Check ClientId, its secret or key, and Scope.");
            }

            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            _token = answer.RootElement.GetProperty("access_token").GetString();
            _ends = time.GetUtcNow() + TimeSpan.FromSeconds(
                answer.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.TryGetInt32(out var life) ? life : 300);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FhirSourceException($"The token server cannot be used ({e.GetType().Name}). Check TokenUrl.", e);
        }
    }

    /// <summary>Says who we are, signed with our key. SMART App Launch 2.0, Backend Services; RFC 7523.</summary>
    private string Assertion()
    {
        var pem = File.ReadAllText(options.KeyFile);
        var isElliptic = pem.Contains("BEGIN EC PRIVATE KEY", StringComparison.Ordinal) || !IsRsa(pem);
        var now = time.GetUtcNow();
        var header = new JsonObject { ["alg"] = isElliptic ? "ES384" : "RS384", ["typ"] = "JWT" };
        if (options.KeyId.Length > 0)
        {
            header["kid"] = options.KeyId;
        }

        var claims = new JsonObject
        {
            ["iss"] = options.ClientId,
            ["sub"] = options.ClientId,
            ["aud"] = options.TokenUrl!.ToString(),
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["exp"] = (now + AssertionLife).ToUnixTimeSeconds(),
        };
        var signed = $"{Base64Url(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64Url(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Base64Url(Sign(pem, isElliptic, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static bool IsRsa(string pem)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static byte[] Sign(string pem, bool isElliptic, byte[] data)
    {
        try
        {
            if (isElliptic)
            {
                using var key = ECDsa.Create();
                key.ImportFromPem(pem);
                return key.SignData(data, HashAlgorithmName.SHA384);
            }

            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.SignData(data, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FhirSourceException("KeyFile holds no private key that can be used. It must be PEM, RSA or P-384, without a passphrase.", e);
        }
    }

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}

/// <summary>The server cannot be used now. The message is one line for an operator that says what to do; it holds nothing of a resource.</summary>
internal sealed class FhirSourceException(string message, Exception? inner = null) : SourceException(message, inner);
