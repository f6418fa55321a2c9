using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Intake;

/// <summary>What intake may use of the machine, all feeds together.</summary>
/// <param name="MaxHeldBytes">See <see cref="IntakeBudget"/>. <c>Engine:MaxHeldMb</c>, default 128, 16 to 65,536.</param>
/// <param name="MinFreeBytes">See <see cref="DiskGuard"/>. <c>Storage:MinFreeMb</c>, default 512; 0 switches the check off.</param>
public sealed record IntakeLimits(long MaxHeldBytes, long MinFreeBytes)
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>The limits as far as they can be read, defaults elsewhere; problems go to the readers.</summary>
    /// <param name="engine">Reader of section <c>Engine</c>.</param>
    /// <param name="storage">Reader of section <c>Storage</c>.</param>
    public static IntakeLimits Read(SettingsReader engine, SettingsReader storage) => new(
        engine.Number("MaxHeldMb", 16, 65_536, 128) * Mebibyte, storage.Number("MinFreeMb", 0, int.MaxValue, 512) * Mebibyte);

    /// <inheritdoc cref="Read(SettingsReader, SettingsReader)"/>
    public static IntakeLimits Read(IConfiguration configuration) => Read(new(configuration.GetSection("Engine")), new(configuration.GetSection("Storage")));
}
