using Microsoft.Extensions.Options;

namespace Integration.Host.Console;

/// <summary>Section <c>Console</c> of the configuration.</summary>
public sealed class ConsoleOptions
{
    public const string Section = "Console";

    /// <summary>
    /// Zone in which times are shown, an IANA name such as <c>Asia/Shanghai</c> (the default). One zone for everybody rather than
    /// each browser's own: a time read out over the phone must be the same on both ends.
    /// </summary>
    public string TimeZone { get; set; } = "Asia/Shanghai";
}

/// <summary>Refuses at start what would only be noticed when a page is opened.</summary>
internal sealed class ConsoleOptionsValidator : IValidateOptions<ConsoleOptions>
{
    public ValidateOptionsResult Validate(string? name, ConsoleOptions options) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Console:TimeZone: \"{options.TimeZone}\" is not a time zone of this machine. Use an IANA name such as Asia/Shanghai.");
}
