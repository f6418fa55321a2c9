namespace Integration.Host.Security;

/// <summary>Silences a log category up to a level, whatever the configuration of logging says.</summary>
internal static class QuietLogs
{
    /// <param name="category">Beginning of the category's name.</param>
    /// <param name="lowest">Lowest level still written.</param>
    public static IServiceCollection KeepQuiet(this IServiceCollection services, string category, LogLevel lowest) =>
        services.PostConfigure<LoggerFilterOptions>(options =>
        {
            // A rule that names a provider beats every rule that does not, so each provider that has rules needs this one too.
            string?[] providers = [null, .. options.Rules.Select(rule => rule.ProviderName).OfType<string>().Distinct()];
            foreach (var provider in providers)
            {
                options.Rules.Add(new LoggerFilterRule(provider, category, lowest, filter: null));
            }
        });
}
