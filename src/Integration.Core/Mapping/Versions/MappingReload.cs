using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Identity;
using Integration.Core.Messaging;
using Integration.Core.Storage;
using Integration.Core.Vitals.Limits;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Mapping.Versions;

/// <summary>
/// Puts changed mapping files, match rules and follow-up rules among them, in use: all of them are checked as one plan; if it is valid it is swapped whole, and messages under way finish on the
/// old one; if not, the old one stays and <see cref="Status"/> says why. Safe for many threads.
/// </summary>
public sealed partial class MappingReload(
    EnginePlan plan, MappingCatalog catalog, MappingVersionStore versions, IReadOnlyList<ConfiguredDestination> destinations, TimeProvider clock,
    ILogger<MappingReload> logger)
{
    private readonly SemaphoreSlim _turn = new(1);
    private MappingFiles _files = plan.MappingFiles;
    private MappingStatus _status = new(ActiveOf(plan.MappingFiles, plan.Mapper, 0, clock.GetUtcNow()), null);

    public MappingStatus Status => Volatile.Read(ref _status);

    /// <summary>Numbers and keeps the mappings that the engine started with.</summary>
    /// <exception cref="StoreUnavailableException">The store is away; ask again.</exception>
    public async ValueTask NumberAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Status.Active.Number == 0)
            {
                var kept = await versions.KeepAsync(_files, catalog.Current, cancellationToken);
                Volatile.Write(ref _status, Status with { Active = Status.Active with { Number = kept.Number } });
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads the files now and puts them in use if they differ from those in use and are valid.</summary>
    /// <returns>The status behind it.</returns>
    /// <exception cref="StoreUnavailableException">The store is away, nothing has changed; ask again.</exception>
    /// <exception cref="IOException">A file cannot be read now; ask again.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public async ValueTask<MappingStatus> ReloadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var files = MappingFiles.Read(plan.MappingsFolder);
            if (files.Hash == _files.Hash)
            {
                if (Status.Refused is not null)
                {
                    Volatile.Write(ref _status, Status with { Refused = null });
                    LogTakenBack(Status.Active.Number);
                }

                return Status;
            }

            var loaded = MappingLoader.Load(files);
            var problems = Check(loaded, files);
            if (problems.Count > 0)
            {
                Refuse(problems);
                return Status;
            }

            await SwapAsync(files, loaded, cancellationToken);
            return Status;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What is wrong with the files as they lie there now; none of it changes what is in use.</summary>
    /// <returns>The version that the files would be, null when they are not valid, and every problem with its file, line and column.</returns>
    /// <exception cref="IOException">A file cannot be read now; ask again.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public (string? Version, IReadOnlyList<ConfigurationProblem> Problems) CheckFiles()
    {
        var files = MappingFiles.Read(plan.MappingsFolder);
        var loaded = MappingLoader.Load(files);
        var problems = Check(loaded, files);
        return (problems.Count == 0 ? loaded.Mapper!.Version : null, problems);
    }

    /// <summary>Changes one file and puts that in use, if the mappings are valid with it; else nothing is written.</summary>
    /// <param name="path">Below the mappings folder, with slashes. It need not be there yet.</param>
    /// <param name="change">Gets the text, null for a file that is not there; null: the file cannot be changed; empty: it goes.</param>
    /// <param name="write">False: the change is checked and not carried out.</param>
    /// <returns>The status behind it, and why nothing was changed; no problems: it was, or could be.</returns>
    /// <exception cref="StoreUnavailableException">The store is away, nothing has changed.</exception>
    /// <exception cref="IOException">A file cannot be read or written now, nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read or written, nothing has changed.</exception>
    public async ValueTask<(MappingStatus Status, IReadOnlyList<ConfigurationProblem> Problems)> ChangeAsync(
        string path, Func<string?, string?> change, CancellationToken cancellationToken, bool write = true)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var before = MappingFiles.Read(plan.MappingsFolder);
            if (change(before.TextOf(path)) is not { } text)
            {
                return (Status, [new ConfigurationProblem($"{before.Shown}/{path}", "The file cannot be changed from here as it is written.", "Change it by hand: it is put in use at once.")]);
            }

            var files = before.With(path, text);
            var loaded = MappingLoader.Load(files);
            if (Check(loaded, files) is { Count: > 0 } problems)
            {
                return (Status, problems);
            }

            if (!write || files.Hash == before.Hash)
            {
                return (Status, []);
            }

            await KeepBeforeAsync(before, cancellationToken);
            MappingFiles.Write(plan.MappingsFolder, path, text);
            await SwapAsync(files, loaded, cancellationToken);
            return (Status, []);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Keeps the files that a change finds, so that one can go back to them: somebody may have changed them by hand a moment ago.</summary>
    private async ValueTask KeepBeforeAsync(MappingFiles before, CancellationToken cancellationToken)
    {
        var isKept = before.Hash == _files.Hash && Status.Active.Number > 0;
        if (!isKept && MappingLoader.Load(before).Mapper is { } mapper)
        {
            await versions.KeepAsync(before, mapper, cancellationToken);
        }
    }

    private async ValueTask SwapAsync(MappingFiles files, MappingLoadResult loaded, CancellationToken cancellationToken)
    {
        var kept = await versions.KeepAsync(files, loaded.Mapper!, cancellationToken);
        catalog.Swap(loaded.Mapper!);
        plan.Outbound.Swap(loaded.Outbound!);
        plan.Forms.Swap(loaded.Forms!);
        plan.MatchRules.Swap(MatchRulesLoader.Load(files).Rules!);
        plan.VitalLimits.Swap(VitalLimitLoader.Load(files).Rules!);
        plan.FollowUpRules.Swap(FollowUpRuleLoader.Load(files, EventCatalog.Names).Rules!);
        plan.Messaging.Swap(MessagingSet.Load(files).Set!);
        _files = files;
        Volatile.Write(ref _status, new MappingStatus(ActiveOf(files, loaded.Mapper!, kept.Number, clock.GetUtcNow()), null));
        LogSwapped(kept.Number, loaded.Mapper!.Version);
    }

    private List<ConfigurationProblem> Check(MappingLoadResult loaded, MappingFiles files)
    {
        var (rules, ruleProblems) = FollowUpRuleLoader.Load(files, EventCatalog.Names);
        var (messaging, messagingProblems) = MessagingSet.Load(files);
        List<ConfigurationProblem> problems =
            [.. loaded.Problems, .. MatchRulesLoader.Load(files).Problems, .. ruleProblems, .. messagingProblems, .. VitalLimitLoader.Load(files).Problems];
        if (rules is not null && messaging is not null)
        {
            problems.AddRange(destinations.Select(destination => destination.Adapter).OfType<IPatientMessageAdapter>().SelectMany(adapter => adapter.Check(messaging, rules)));
        }

        problems.AddRange(MappingLoader.SitesWithoutFeed(files.Sites, plan.FeedNames));
        if (loaded.Outbound is { } outbound)
        {
            problems.AddRange(destinations.SelectMany(destination => destination.Options.Messages.Except(outbound.Triggers).Select(trigger => new ConfigurationProblem(
                $"{files.Shown}/hl7v2/outbound/{trigger}.yaml", $"Destination {destination.Options.Name} sends {trigger}, but the map is gone.", "Restore the file."))));
        }

        return problems;
    }

    private void Refuse(List<ConfigurationProblem> problems)
    {
        var isNews = Status.Refused is not { } known || !known.Problems.SequenceEqual(problems);
        Volatile.Write(ref _status, Status with { Refused = new RefusedMappings(clock.GetUtcNow(), problems) });
        if (isNews)
        {
            foreach (var problem in problems)
            {
                LogRefused(problem.ToString());
            }
        }
    }

    private static ActiveMappings ActiveOf(MappingFiles files, IMapper mapper, long number, DateTimeOffset now) => new(
        number, files.Hash, mapper.Version, files.Sites.ToDictionary(site => site, mapper.VersionOf, StringComparer.Ordinal), now,
        [.. files.Files.Select(file => file.Path)]);

    [LoggerMessage(2010, LogLevel.Information, "Mappings number {Number} ({Version}) are in use")]
    private partial void LogSwapped(long number, string version);

    [LoggerMessage(2012, LogLevel.Information, "The mapping files are again as mappings number {Number}, which are in use")]
    private partial void LogTakenBack(long number);

    [LoggerMessage(2011, LogLevel.Warning, "Changed mappings are not used: {Problem}")]
    private partial void LogRefused(string problem);
}
