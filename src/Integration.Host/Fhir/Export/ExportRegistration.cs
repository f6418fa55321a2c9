using Integration.Core.Records.Export;
using Integration.Core.Settings;
using Integration.Host.Security;
using Microsoft.Extensions.Options;

namespace Integration.Host.Fhir.Export;

/// <summary>Adds <c>$export</c>. Its files lie in the folder <c>exports</c> of the data folder.</summary>
internal static class ExportRegistration
{
    public static IServiceCollection AddExports(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ExportOptions>, ExportOptions.Validator>();
        services.AddOptions<ExportOptions>().ValidateOnStart();
        services.AddSingleton(provider => ExportOptions.Read(new SettingsReader(provider.GetRequiredService<IConfiguration>().GetSection(ExportOptions.Section))));
        services.AddSingleton(provider => new ExportFolder(Path.Combine(provider.GetRequiredService<SecurityFolder>().DataFolder, "exports")));
        services.AddSingleton<RecordExport>().AddSingleton<ExportRun>().AddSingleton<ExportJobs>();
        return services.AddHostedService(provider => provider.GetRequiredService<ExportJobs>());
    }
}
