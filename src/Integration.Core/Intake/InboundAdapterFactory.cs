using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Integration.Core.Intake;

/// <summary>
/// A factory whose adapter takes its settings as one object: checking a feed and creating it read them in the same way, so that
/// what was found right on a dry run is right at the start too.
/// </summary>
/// <typeparam name="TOptions">Settings of one feed, read and checked.</typeparam>
/// <param name="name">See <see cref="IInboundAdapterFactory.Name"/>.</param>
/// <param name="environment">Relative files and folders in settings start at its content root; null: at the current folder.</param>
public abstract class InboundAdapterFactory<TOptions>(string name, IHostEnvironment? environment) : IInboundAdapterFactory
{
    public string Name => name;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings)
    {
        var reader = Reader(settings);
        Read(reader);
        return reader.Problems;
    }

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var reader = Reader(settings);
        var options = Read(reader);
        return reader.Problems.Count > 0 ? throw new ConfigurationException(reader.Problems) : Create(feed, options, intake);
    }

    /// <summary>Reads the settings of a feed and reports to <paramref name="settings"/> what is wrong with them; needs no store.</summary>
    protected abstract TOptions Read(SettingsReader settings);

    /// <param name="options">What <see cref="Read"/> made of settings in which nothing was wrong.</param>
    protected abstract IInboundAdapter Create(string feed, TOptions options, IMessageIntake intake);

    /// <summary>What <see cref="Read"/> makes of settings in which nothing is wrong.</summary>
    protected TOptions OptionsOf(IConfigurationSection settings) => Read(Reader(settings));

    private SettingsReader Reader(IConfigurationSection settings) => new(settings, environment?.ContentRootPath);
}
