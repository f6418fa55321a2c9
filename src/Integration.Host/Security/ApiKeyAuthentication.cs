using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Integration.Host.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Integration.Host.Security;

/// <summary>Lets in who sends a valid key in <c>X-Api-Key</c> or, where that is absent, as <c>Authorization: Bearer</c> (RFC 6750 §2.1).</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyring keyring, FailedAttempts failures)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Header = "X-Api-Key";

    private TimeSpan? _retryAfter;

    /// <summary>The key that a request carries; null when it carries none.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        if (request.Headers.TryGetValue(Header, out var key))
        {
            return key.ToString();
        }

        return AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var authorization)
            && authorization.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? authorization.Parameter ?? ""
            : null;
    }

    /// <summary>Who holds a key, as a principal for either scheme.</summary>
    public static ClaimsPrincipal PrincipalOf(ApiKeyHolder holder, string scheme) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, holder.Name), new Claim(Schemes.KeyFingerprintClaim, holder.Fingerprint)], scheme));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request) is not { } presented)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var address = Context.Connection.RemoteIpAddress;
        _retryAfter = failures.BlockedFor(address);
        if (_retryAfter is not null)
        {
            return Task.FromResult(AuthenticateResult.Fail("Too many wrong keys from this address."));
        }

        if (keyring.Match(presented) is { } holder)
        {
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(holder, Scheme.Name), Scheme.Name)));
        }

        _retryAfter = failures.Note(address, ApiKeyring.HashOf(presented));
        return Task.FromResult(AuthenticateResult.Fail("Nobody holds this key."));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_retryAfter is { } wait)
        {
            return RefuseAsync(Context, wait);
        }

        Response.Headers.WWWAuthenticate = "Bearer realm=\"integration\", error=\"invalid_token\"";
        return ApiProblem.KeyNeeded(Context, "Nobody holds the key that was sent.").AnswerAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ApiProblem.Forbidden(Context, "The holder of this key may not do this.").AnswerAsync(Context);

    /// <summary>429 with <c>Retry-After</c> in whole seconds.</summary>
    public static Task RefuseAsync(HttpContext context, TimeSpan wait)
    {
        context.Response.Headers[HeaderNames.RetryAfter] =
            Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return ApiProblem.TooManyFailures(context).AnswerAsync(context);
    }
}
