using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Sending;
using Integration.Core.Storage;
using Integration.Host.Api.Views;
using Integration.Host.Commands.Rules;

namespace Integration.Host.Commands.Mapping;

/// <summary>The engine's store and stages in this process, without feeds, ports or pipeline.</summary>
internal sealed class OwnStore : IMappingDesk
{
    private const int MostHits = 1000;

    private readonly ServiceProvider _services;

    private OwnStore(ServiceProvider services) => _services = services;

    /// <summary>Whether there is a store that could be opened; a database server counts as one.</summary>
    public static bool Exists(IConfiguration configuration, string home) =>
        string.Equals(configuration["Storage:Provider"], "MongoDb", StringComparison.OrdinalIgnoreCase) || File.Exists(DatabaseOf(configuration, home));

    /// <param name="home">What relative paths of the configuration are relative to.</param>
    /// <exception cref="ConfigurationException">Configuration or mappings are not valid; there is no store; another process has it.</exception>
    public static async Task<OwnStore> OpenAsync(IConfiguration configuration, string home, string mappingsFolder, CancellationToken cancellationToken)
    {
        if (!Exists(configuration, home))
        {
            throw new ConfigurationException(
                [new ConfigurationProblem(Path.GetFileName(DatabaseOf(configuration, home)), "There is no store yet: no engine has run with this configuration.", "Start the engine once, or name another folder with --set Engine:DataFolder=FOLDER.")]);
        }

        var services = new ServiceCollection().AddLogging().AddSingleton(configuration)
            .AddEngine(configuration, mappingsFolder).AddStorage(configuration, DataFolderOf(configuration, home), home).AddAdapters().BuildServiceProvider();
        try
        {
            services.GetRequiredService<EnginePlan>();
            await services.GetRequiredService<IDocumentStore>().OpenAsync(Collections.All, cancellationToken);
            return new OwnStore(services);
        }
        catch (StoreUnavailableException e)
        {
            await services.DisposeAsync();
            throw new ConfigurationException(
                [new ConfigurationProblem("Storage", e.Message, "While the engine runs, ask it: --engine http://127.0.0.1:8080, with an API key in the environment variable INTEGRATION_API_KEY.")]);
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    public async Task<JsonObject> DryRunAsync(ReadOnlyMemory<byte> message, string feed, bool explain, CancellationToken cancellationToken)
    {
        var result = await _services.GetRequiredService<DryRun>().RunAsync(message, MappableMessages.FormatOf(message.Span), feed, cancellationToken);
        return JsonSerializer.SerializeToNode(DryRunView.Of(result, explain), ToolJson.Options)!.AsObject();
    }

    public async Task<CodeTableAnswer> ImportAsync(CodeTableRequest request, byte[] csv, CancellationToken cancellationToken)
    {
        var table = CodeTable.Read(csv, out var problem) ?? throw new ConfigurationException([new ConfigurationProblem("table", problem!)]);
        return AnswerOf(request, await (await TablesAsync(cancellationToken)).ImportAsync(request, table, cancellationToken));
    }

    public async Task<CodeTableAnswer> RollBackAsync(CodeTableRequest request, long number, CancellationToken cancellationToken) =>
        AnswerOf(request, await (await TablesAsync(cancellationToken)).RollBackAsync(request, number, cancellationToken));

    public async Task<CodeTableHistoryView> HistoryAsync(string name, string? feed, CancellationToken cancellationToken) =>
        await (await TablesAsync(cancellationToken)).HistoryAsync(name, feed, cancellationToken) is { } history ? CodeTableHistoryView.Of(history) : throw Unknown(name);

    public async Task<JsonObject> PreviewAsync(string rule, DateTimeOffset from, DateTimeOffset below, CancellationToken cancellationToken)
    {
        var rules = _services.GetRequiredService<FollowUpRuleCatalog>().Current.Rules.All;
        if (!rules.TryGetValue(rule, out var known))
        {
            throw new ConfigurationException([new ConfigurationProblem("--rule", $"There is no rule '{rule}'.", $"The rules are {string.Join(", ", rules.Keys.Order(StringComparer.Ordinal))}.")]);
        }

        if (from >= below || below - from > RulePreview.LongestPeriod)
        {
            throw new ConfigurationException([new ConfigurationProblem("--from", "The period is too long, or ends before it begins.", $"At most {RulePreview.LongestPeriod.TotalDays:0} days.")]);
        }

        var result = await _services.GetRequiredService<RulePreview>().RunAsync(known, from, below, MostHits, cancellationToken);
        return JsonSerializer.SerializeToNode(RulePreviewView.Of(known, from, below, result), ToolJson.Options)!.AsObject();
    }

    public async Task<JsonObject> PreviewTemplateAsync(string template, string patientId, CancellationToken cancellationToken)
    {
        var known = TemplatesCommand.Find(_services.GetRequiredService<MessagingCatalog>().Current, template);
        var texts = await _services.GetRequiredService<MessageComposer>().PreviewAsync(known, patientId, cancellationToken)
            ?? throw new ConfigurationException([new ConfigurationProblem("--patient", "There is no patient of this id.", "GET /api/v1/patients finds the ids of patients.")]);
        return JsonSerializer.SerializeToNode(TemplatePreviewView.Of(known, texts), ToolJson.Options)!.AsObject();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static string DataFolderOf(IConfiguration configuration, string home) => Path.GetFullPath(configuration["Engine:DataFolder"] ?? "data", home);

    private static string DatabaseOf(IConfiguration configuration, string home) =>
        Path.GetFullPath(configuration["Storage:Sqlite:Path"] ?? Path.Combine(DataFolderOf(configuration, home), "integration.db"), home);

    private static CodeTableAnswer AnswerOf(CodeTableRequest request, CodeTableResult result) => result switch
    {
        CodeTableResult.Done done => CodeTableAnswer.Of(done),
        CodeTableResult.Refused refused => throw new ConfigurationException(refused.Problems),
        _ => throw Unknown(request.Name),
    };

    private static ConfigurationException Unknown(string name) =>
        new([new ConfigurationProblem(name, "There is no code map of this name for this feed, or no mappings of this number.", "mappings codes history NAME lists the numbers.")]);

    /// <summary>The tables, once the files as they are now have their number: one must be able to go back to them.</summary>
    private async Task<CodeTables> TablesAsync(CancellationToken cancellationToken)
    {
        await _services.GetRequiredService<MappingReload>().NumberAsync(cancellationToken);
        return _services.GetRequiredService<CodeTables>();
    }
}
