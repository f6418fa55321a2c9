using System.CommandLine;
using System.CommandLine.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Host.Commands.Mapping;

/// <summary>Options of verbs that need the store: which engine to ask, or with which settings to open the store here.</summary>
internal sealed class DeskOptions
{
    private readonly Option<Uri?> _engine = new("--engine")
    {
        Description = $"Ask the engine that runs at this address, e.g. http://127.0.0.1:8080, with the API key in the environment variable {RunningEngine.KeyVariable}. Without it the store is opened here, which a running engine on SQLite does not allow.",
        CustomParser = result => Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : Refuse(result),
    };

    private readonly Option<string[]> _settings = new("--set") { Description = "A setting in place of that of appsettings.json, e.g. Engine:DataFolder=/srv/data. May be given again." };

    public void AddTo(Command command)
    {
        command.Options.Add(_engine);
        command.Options.Add(_settings);
    }

    public Uri? EngineOf(ParseResult parsed) => parsed.GetValue(_engine);

    public IReadOnlyList<string> SettingsOf(ParseResult parsed) => parsed.GetValue(_settings) ?? [];

    /// <exception cref="ConfigurationException">It cannot be opened, or the key is missing.</exception>
    public async Task<IMappingDesk> OpenAsync(ParseResult parsed, MappingWorkspace workspace, CancellationToken cancellationToken) => EngineOf(parsed) is { } engine
        ? new RunningEngine(engine, RunningEngine.KeyOf(workspace.Configuration))
        : await OwnStore.OpenAsync(workspace.Configuration, workspace.Home, workspace.Folder, cancellationToken);

    private static Uri? Refuse(ArgumentResult result)
    {
        result.AddError("--engine: write an address like http://127.0.0.1:8080.");
        return null;
    }
}
