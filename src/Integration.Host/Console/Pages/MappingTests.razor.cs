using System.Globalization;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.Mapping;
using Integration.Host.Commands.Mapping;
using Integration.Host.Console.Texts;
using Integration.Host.Console.Views;
using Microsoft.AspNetCore.Components;

namespace Integration.Host.Console.Pages;

/// <summary>Whether the mapping files are valid, whether the sites' tests still pass, and which rules the messages of a feed use.</summary>
public sealed partial class MappingTests(FeedContexts feeds)
{
    private const int LookedAt = 200;
    private const int MostRows = 200;

    private string? _version;
    private IReadOnlyList<ConfigurationProblem> _problems = [];
    private string? _unreadable;
    private MappingTestRun? _tests;
    private MappingCoverage? _coverage;

    [SupplyParameterFromForm]
    private string? Feed { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    private FeedContexts Feeds => feeds;

    protected override void OnInitialized()
    {
        try
        {
            (_version, _problems) = Checks.Check();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _unreadable = e.Message;
        }
    }

    private void Test()
    {
        try
        {
            _tests = Checks.Test();
        }
        catch (ConfigurationException e)
        {
            _problems = e.Problems;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _unreadable = e.Message;
        }
    }

    private async Task CoverAsync()
    {
        if (Feed is { } feed && feeds.Names.Contains(feed))
        {
            _coverage = await Checks.CoverAsync(feed, LookedAt, Http.RequestAborted);
        }
    }

    private static string RulesRun(MappingCoverage coverage)
    {
        var hit = coverage.Rules.Count(entry => entry.Messages > 0);
        return ConsoleTexts.RulesRun.With(
            Figures.Count(hit), Figures.Count(coverage.Rules.Count), (100.0 * hit / Math.Max(1, coverage.Rules.Count)).ToString("0.0", CultureInfo.CurrentCulture));
    }
}
