using Integration.Core;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Versions;
using Integration.Core.Parsing;
using Integration.Core.Storage;

namespace Integration.Host.Commands.Mapping;

/// <summary>
/// What <c>mappings check</c>, <c>mappings test</c> and <c>mappings coverage</c> tell on the command line, of a running engine: its files, its mappings, the
/// messages that it has. Writes nothing. Safe for many threads.
/// </summary>
internal sealed class MappingChecks(
    EnginePlan plan, MappingReload reload, MappingCatalog catalog, FeedContexts feeds, MessageExplainer explainer, IEnumerable<IMessageParser> parsers, MessageJournal journal)
{
    /// <summary>Messages that one coverage looks at.</summary>
    public const int MostMessages = 1000;

    private const int PageSize = 100;

    private readonly HashSet<string> _formats = [.. parsers.Select(parser => parser.Format)];

    /// <inheritdoc cref="MappingReload.CheckFiles"/>
    public (string? Version, IReadOnlyList<ConfigurationProblem> Problems) Check() => reload.CheckFiles();

    /// <summary>Runs the tests of all sites by the mappings in use.</summary>
    /// <returns>A run without tests when there are none.</returns>
    /// <exception cref="ConfigurationException">An expectation is no JSON.</exception>
    /// <exception cref="IOException">A file cannot be read now.</exception>
    public MappingTestRun Test()
    {
        var run = new MappingTestRun(plan.MappingsFolder, explainer, catalog.Current, site => site ?? feeds.Names.FirstOrDefault() ?? "file");
        var folders = MappingTestRun.FoldersOf(plan.MappingsFolder);
        if (folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.hl7", SearchOption.AllDirectories)).Any())
        {
            run.Run(folder: null, feed: null, accept: false);
        }

        return run;
    }

    /// <summary>Maps the newest messages of a feed again and counts what rules do and what nobody reads.</summary>
    /// <param name="messages">1 to <see cref="MostMessages"/>.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async ValueTask<MappingCoverage> CoverAsync(string feed, int messages, CancellationToken cancellationToken)
    {
        var coverage = new MappingCoverage();
        var mapper = catalog.Current;
        string? after = null;
        for (var left = messages; left > 0;)
        {
            var page = await journal.SearchAsync(new MessageSearch(Feed: feed, Limit: Math.Min(PageSize, left), After: after), cancellationToken);
            foreach (var found in page.Messages.Where(message => _formats.Contains(message.Format)))
            {
                if (await journal.GetAsync(found.Id, withRaw: true, cancellationToken) is var (message, _) && !message.Raw.IsEmpty)
                {
                    coverage.Add(explainer.Explain(message.Raw, message.Format, feed, mapper), mapper);
                }
            }

            left -= page.Messages.Count;
            if ((after = page.Next) is null)
            {
                break;
            }
        }

        return coverage;
    }
}
