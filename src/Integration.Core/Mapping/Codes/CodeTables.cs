using Integration.Core.Audit;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Versions;
using Integration.Core.Storage;

namespace Integration.Core.Mapping.Codes;

/// <summary>Which table, and who asks for what.</summary>
/// <param name="Name">Of the code map, <c>AdministrativeSex</c>.</param>
/// <param name="Feed">Null: the product's own table.</param>
/// <param name="Take">False: the difference is shown and checked, and nothing changes.</param>
/// <param name="Actor">For the audit.</param>
/// <param name="Reason">For the audit; may be empty.</param>
public sealed record CodeTableRequest(string Name, string? Feed, bool Take, string Actor, string Reason);

/// <summary>What became of a request. Closed set.</summary>
public abstract record CodeTableResult
{
    private CodeTableResult()
    {
    }

    /// <summary>The table is in use, or was only looked at.</summary>
    /// <param name="IsTaken">False: it was only looked at.</param>
    public sealed record Done(CodeTableDiff Diff, MappingStatus Status, bool IsTaken) : CodeTableResult;

    /// <summary>There is no such code map, or no mappings of that number.</summary>
    public sealed record Unknown : CodeTableResult;

    /// <summary>The mappings would not be valid; nothing was changed.</summary>
    public sealed record Refused(CodeTableDiff Diff, IReadOnlyList<ConfigurationProblem> Problems) : CodeTableResult;
}

/// <summary>
/// Exports code maps as tables, takes changed ones, and goes back to those of earlier mappings. Each change is one new number of mappings. Safe for many threads.
/// </summary>
public sealed class CodeTables(EnginePlan plan, MappingReload reload, MappingVersionStore versions, AuditTrail audit, IDocumentStore store)
{
    /// <summary>Most numbers of mappings that <see cref="HistoryAsync"/> looks at.</summary>
    public const int MostNumbers = 100;

    /// <param name="number">Of the mappings, see <see cref="MappingVersionDocument.Number"/>; null for the files as they are now.</param>
    /// <returns>Null when there is no such code map, or no mappings of that number.</returns>
    /// <exception cref="IOException">A file cannot be read now.</exception>
    public async ValueTask<CodeTable?> ExportAsync(string name, string? feed, long? number, CancellationToken cancellationToken)
    {
        var files = number is { } earlier ? await versions.FindAsync(earlier, cancellationToken) : MappingFiles.Read(plan.MappingsFolder);
        return files is not null && IsKnown(files, name, feed) ? CodeTableFiles.Read(files, name, feed) : null;
    }

    /// <summary>The code maps there are: those of the product, and what feeds have more or otherwise.</summary>
    /// <exception cref="IOException">A file cannot be read now.</exception>
    public IReadOnlyList<CodeTableInfo> List() => CodeTableFiles.List(MappingFiles.Read(plan.MappingsFolder));

    /// <summary>How a table came to be as it is, of the newest numbers of mappings at most <see cref="MostNumbers"/>.</summary>
    /// <returns>Null when there is no such code map.</returns>
    /// <exception cref="IOException">A file cannot be read now.</exception>
    public async ValueTask<CodeTableHistory?> HistoryAsync(string name, string? feed, CancellationToken cancellationToken)
    {
        var files = MappingFiles.Read(plan.MappingsFolder);
        if (!IsKnown(files, name, feed))
        {
            return null;
        }

        var path = CodeTableFiles.PathOf(name, feed);
        var (numbers, _) = await versions.ListAsync(MostNumbers, after: null, cancellationToken);
        var (steps, before) = (new List<CodeTableVersion>(), (Text: (string?)null, IsRead: false));
        foreach (var number in numbers.Reverse())
        {
            var text = (await versions.FindAsync(number.Number, cancellationToken))?.TextOf(path);
            if (!before.IsRead || text != before.Text)
            {
                var table = CodeTable.OfFile(text);
                steps.Insert(0, new CodeTableVersion(number.Number, number.First, text == files.TextOf(path), table.Entries.Count, table.From(CodeTable.OfFile(before.Text))));
            }

            before = (text, true);
        }

        var (deeds, _) = await audit.SearchAsync(new AuditSearch(Target: path, Limit: MostNumbers), cancellationToken);
        return new CodeTableHistory(steps, deeds);
    }

    /// <summary>Puts a table in the place of the one there is: what it lists more is added, what it does not list is removed.</summary>
    /// <exception cref="IOException">The file cannot be read or written now; nothing was changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read or written; nothing was changed.</exception>
    public async ValueTask<CodeTableResult> ImportAsync(CodeTableRequest request, CodeTable table, CancellationToken cancellationToken) =>
        IsKnown(MappingFiles.Read(plan.MappingsFolder), request.Name, request.Feed)
            ? await ChangeAsync(request, text => CodeMapFile.WithTable(text, table), AuditActions.ImportCodes, "imported", cancellationToken)
            : new CodeTableResult.Unknown();

    /// <summary>Puts the file in use again as it was in earlier mappings, byte for byte; a feed's file that was not there yet goes.</summary>
    /// <param name="number">See <see cref="MappingVersionDocument.Number"/>.</param>
    /// <inheritdoc cref="ImportAsync"/>
    public async ValueTask<CodeTableResult> RollBackAsync(CodeTableRequest request, long number, CancellationToken cancellationToken)
    {
        if (await versions.FindAsync(number, cancellationToken) is not { } earlier
            || !(IsKnown(earlier, request.Name, request.Feed) || IsKnown(MappingFiles.Read(plan.MappingsFolder), request.Name, request.Feed)))
        {
            return new CodeTableResult.Unknown();
        }

        var text = earlier.TextOf(CodeTableFiles.PathOf(request.Name, request.Feed)) ?? "";
        return await ChangeAsync(request, _ => text, AuditActions.RollBackCodes, $"back to number {number}", cancellationToken);
    }

    private async ValueTask<CodeTableResult> ChangeAsync(
        CodeTableRequest request, Func<string?, string?> change, string action, string what, CancellationToken cancellationToken)
    {
        var diff = new CodeTableDiff([], [], [], 0);
        var file = CodeTableFiles.PathOf(request.Name, request.Feed);
        var (status, problems) = await reload.ChangeAsync(file, text =>
        {
            var changed = change(text);
            diff = CodeTable.OfFile(changed is null ? text : changed.Length == 0 ? null : changed).From(CodeTable.OfFile(text));
            return changed;
        }, cancellationToken, request.Take);
        if (problems.Count > 0)
        {
            return new CodeTableResult.Refused(diff, problems);
        }

        if (request.Take)
        {
            var counts = $"{diff.Added.Count} added, {diff.Changed.Count} changed, {diff.Removed.Count} removed; mappings number {status.Active.Number}";
            var note = new AuditNote(request.Actor, action, file, $"{what}: {counts}{(request.Reason.Length == 0 ? "" : $"; {request.Reason}")}");
            await audit.CommitAsync(note, batch => store.CommitAsync(batch, CommitPriority.Processing, cancellationToken), cancellationToken);
        }

        return new CodeTableResult.Done(diff, status, request.Take);
    }

    private bool IsKnown(MappingFiles files, string name, string? feed) =>
        (feed is null || plan.FeedNames.Contains(feed)) && CodeTableFiles.Names(files, feed).Contains(name);
}
