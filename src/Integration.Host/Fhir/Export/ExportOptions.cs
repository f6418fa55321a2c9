using Integration.Core.Settings;
using Microsoft.Extensions.Options;

namespace Integration.Host.Fhir.Export;

/// <summary>Section <c>Export</c> of the configuration: what <c>$export</c> may take.</summary>
internal sealed record ExportOptions
{
    public const string Section = "Export";

    /// <summary>How long files are kept behind the end of their export, default 1 day, 1 minute to 30 days.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Exports that are kept at a time, those under way and those whose files are still there, default 10, 1 to 1,000. One more is refused with 429.</summary>
    public int MaxJobs { get; init; } = 10;

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static ExportOptions Read(SettingsReader settings)
    {
        settings.CheckKeys("exports", ["KeepFor", "MaxJobs"]);
        var defaults = new ExportOptions();
        return new ExportOptions
        {
            KeepFor = settings.Time("KeepFor", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), defaults.KeepFor),
            MaxJobs = settings.Number("MaxJobs", 1, 1_000, defaults.MaxJobs),
        };
    }

    /// <summary>Refuses at start what would only be noticed when somebody exports.</summary>
    public sealed class Validator(IConfiguration configuration) : IValidateOptions<ExportOptions>
    {
        public ValidateOptionsResult Validate(string? name, ExportOptions options)
        {
            var settings = new SettingsReader(configuration.GetSection(Section));
            Read(settings);
            return settings.Problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(settings.Problems.Select(problem => problem.ToString()));
        }
    }
}
