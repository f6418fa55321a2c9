using System.Text.Json.Nodes;
using Integration.Core.Mapping.Codes;
using Integration.Host.Api.Views;

namespace Integration.Host.Commands.Mapping;

/// <summary>
/// What verbs need a store for. The engine's store belongs to one process: while an engine runs they ask it (<see cref="RunningEngine"/>), else they open
/// the store themselves (<see cref="OwnStore"/>). Both answer with what the API answers.
/// </summary>
internal interface IMappingDesk : IAsyncDisposable
{
    /// <returns>A <see cref="DryRunView"/>; nothing is written.</returns>
    Task<JsonObject> DryRunAsync(ReadOnlyMemory<byte> message, string feed, bool explain, CancellationToken cancellationToken);

    /// <param name="csv">The whole table as it shall be.</param>
    /// <exception cref="Core.Diagnostics.ConfigurationException">The table, or the mappings with it, are not valid; there is no such code map.</exception>
    Task<CodeTableAnswer> ImportAsync(CodeTableRequest request, byte[] csv, CancellationToken cancellationToken);

    /// <param name="number">Of the mappings whose table is put in use again.</param>
    /// <exception cref="Core.Diagnostics.ConfigurationException">There is no such code map or number; the mappings would not be valid.</exception>
    Task<CodeTableAnswer> RollBackAsync(CodeTableRequest request, long number, CancellationToken cancellationToken);

    /// <returns>A <see cref="RulePreviewView"/>; nothing is written.</returns>
    /// <exception cref="Core.Diagnostics.ConfigurationException">There is no such rule, or the period is too long.</exception>
    Task<JsonObject> PreviewAsync(string rule, DateTimeOffset from, DateTimeOffset below, CancellationToken cancellationToken);

    /// <returns>A <see cref="TemplatePreviewView"/>; nothing is sent or written.</returns>
    /// <exception cref="Core.Diagnostics.ConfigurationException">There is no such template or patient.</exception>
    Task<JsonObject> PreviewTemplateAsync(string template, string patientId, CancellationToken cancellationToken);

    /// <exception cref="Core.Diagnostics.ConfigurationException">There is no such code map.</exception>
    Task<CodeTableHistoryView> HistoryAsync(string name, string? feed, CancellationToken cancellationToken);
}
