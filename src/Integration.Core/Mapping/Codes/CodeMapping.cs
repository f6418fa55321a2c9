using Integration.Core.Audit;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Versions;
using Integration.Core.Operations;
using Integration.Core.Storage;

namespace Integration.Core.Mapping.Codes;

/// <summary>What became of mapping a code. Closed set.</summary>
public abstract record CodeMappingResult
{
    private CodeMappingResult()
    {
    }

    /// <summary>It is in the site's code map and in use; the messages that waited for it run again.</summary>
    public sealed record Done(MappingStatus Status, MessageOperation Replay) : CodeMappingResult;

    /// <summary>There is no code of this id on the list.</summary>
    public sealed record Unknown : CodeMappingResult;

    /// <summary>The mappings would not be valid; nothing was changed.</summary>
    public sealed record Refused(IReadOnlyList<ConfigurationProblem> Problems) : CodeMappingResult;
}

/// <summary>Maps a code of the work-list: writes it into the code map of its feed, puts that in use and runs the messages again that sent it.</summary>
public sealed class CodeMapping(
    UnmappedCodeStore codes, MappingReload reload, MessageOperations operations, AuditTrail audit, IDocumentStore store, TimeProvider clock)
{
    /// <param name="id">Of the work-list.</param>
    /// <param name="actor">Who, for the audit.</param>
    /// <param name="reason">Why, for the audit; may be empty.</param>
    /// <exception cref="IOException">The file cannot be written; nothing was changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; nothing was changed.</exception>
    public async ValueTask<CodeMappingResult> MapAsync(string id, CodeTarget target, string actor, string reason, CancellationToken cancellationToken)
    {
        if (await codes.GetAsync(id, cancellationToken) is not var (entry, version))
        {
            return new CodeMappingResult.Unknown();
        }

        var code = entry.Document;
        var file = $"sites/{code.Feed}/codesystems/{code.CodeMap}.yaml";
        var (status, problems) = await reload.ChangeAsync(file, text => CodeMapFile.WithCode(text, code.Code, target), cancellationToken);
        if (problems.Count > 0)
        {
            return new CodeMappingResult.Refused(problems);
        }

        var note = new AuditNote(actor, AuditActions.MapCode, id, $"{file}: {code.Code} -> {target.Code}{(reason.Length == 0 ? "" : $"; {reason}")}");
        await audit.CommitAsync(note, batch =>
        {
            batch.Add(Collections.UnmappedCodes.Put(code with { MappedTo = target.Code, Mapped = clock.GetUtcNow() }, version));
            return store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        }, cancellationToken);
        var replay = await operations.StartAsync(OperationKind.Replay, new MessageSelection(UnmappedCode: id), actor, note.Reason, cancellationToken);
        return new CodeMappingResult.Done(status, replay);
    }
}
