using Integration.Core.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Integration.Host.Security;

/// <summary>Puts every address of the host behind a key, except those that say <c>AllowAnonymous</c>.</summary>
internal static class EngineSecurityRegistration
{
    /// <param name="configuration">Holds <c>Security:ApiKeys:NAME</c>; see <see cref="ConfiguredApiKeys.Problems"/>.</param>
    /// <param name="dataFolder">Where <c>api-keys.json</c> and the keys that protect cookies are kept. Made when missing.</param>
    public static IServiceCollection AddEngineSecurity(this IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        var folder = new SecurityFolder(dataFolder);
        services.AddSingleton(folder);
        services.AddSingleton<IValidateOptions<ApiKeyOptions>>(new ApiKeyCheck(configuration, dataFolder));
        services.AddOptions<ApiKeyOptions>().ValidateOnStart();
        services.AddSingleton(provider =>
            ApiKeyring.Open(configuration, dataFolder, provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(provider => new ConsoleLink(provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(provider => new FailedAttempts(provider.GetService<TimeProvider>() ?? TimeProvider.System));
        AddCookieProtection(services, folder);

        services.AddAuthentication(Schemes.Engine)
            .AddPolicyScheme(Schemes.Engine, displayName: null, options => options.ForwardDefaultSelector =
                context => ApiKeyAuthentication.KeyOf(context.Request) is null ? Schemes.Console : Schemes.ApiKey)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(Schemes.ApiKey, configureOptions: null)
            .AddCookie(Schemes.Console, ConsoleCookie.Configure);

        // A gateway hangs on a ward's wall: its key opens nothing but the door it hands its readings through.
        var gateways = GatewayKeys.HoldersOf(configuration);
        var all = new AuthorizationPolicyBuilder(Schemes.Engine).RequireAuthenticatedUser().Build();
        var known = new AuthorizationPolicyBuilder(all).RequireAssertion(context => !gateways.Contains(context.User.Identity?.Name ?? "")).Build();
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Read, known)
            .AddPolicy(Policies.Operate, known)
            .AddPolicy(Policies.HandOver, all)
            .SetFallbackPolicy(known);
        return services;
    }

    /// <summary>
    /// Adds the checks to the request pipeline, and the addresses for signing in and out. Call it before anything is mapped that
    /// answers requests.
    /// </summary>
    /// <exception cref="ConfigurationException">The data folder cannot be written.</exception>
    public static WebApplication UseEngineSecurity(this WebApplication app)
    {
        app.Services.GetRequiredService<SecurityFolder>().Create();
        app.UseSecurityHeaders();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSignIn();
        return app;
    }

    /// <summary>Cookies outlive a restart: the keys that protect them are kept in the data folder.</summary>
    private static void AddCookieProtection(IServiceCollection services, SecurityFolder folder)
    {
        services.AddDataProtection().SetApplicationName("Integration").PersistKeysToFileSystem(folder.CookieKeys);

        // Its one warning says that these files are not encrypted. Their folder is closed to others, and a key to encrypt them with
        // would have to lie beside them.
        services.KeepQuiet("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
    }

    /// <summary>Nothing to bind: the keys are read by <see cref="ApiKeyring"/>. It is there to be validated at start, with all other options.</summary>
    private sealed class ApiKeyOptions;

    private sealed class ApiKeyCheck(IConfiguration configuration, string dataFolder) : IValidateOptions<ApiKeyOptions>
    {
        public ValidateOptionsResult Validate(string? name, ApiKeyOptions options)
        {
            try
            {
                ApiKeyring.Open(configuration, dataFolder, TimeProvider.System);
                return ValidateOptionsResult.Success;
            }
            catch (ConfigurationException e)
            {
                return ValidateOptionsResult.Fail(e.Problems.Select(problem => problem.ToString()));
            }
        }
    }
}
