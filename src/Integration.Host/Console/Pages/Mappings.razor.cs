using System.Text;
using Integration.Core.DryRuns;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Versions;
using Integration.Host.Api;
using Integration.Host.Commands.Mapping;
using Integration.Host.Console.Texts;
using Microsoft.AspNetCore.Components;

namespace Integration.Host.Console.Pages;

/// <summary>The mappings in use, what a message would become by them, and what they do not cover.</summary>
public sealed partial class Mappings(MappingReload reload, DryRun dryRun, FeedContexts feeds, UnmappedCodeStore codes, UnreadReport unread)
{
    private const int MostCodes = 50;
    private const int MostPlaces = 30;
    private const int LookedAt = 1000;

    private readonly List<DryRunResult> _results = [];
    private MappingStatus _status = reload.Status;
    private IReadOnlyList<UnmappedCodeEntry> _codes = [];
    private UnreadSummary _unread = new(0, []);
    private string? _notice;

    [SupplyParameterFromForm]
    private string? Feed { get; set; }

    [SupplyParameterFromForm]
    private string? Message { get; set; }

    [SupplyParameterFromForm]
    private IFormFile? Upload { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    private FeedContexts Feeds => feeds;

    protected override async Task OnInitializedAsync()
    {
        _status = reload.Status;
        var (entries, _) = await codes.ListAsync(feed: null, codeMap: null, onlyOpen: true, MostCodes, after: null, Http.RequestAborted);
        _codes = [.. entries.OrderByDescending(entry => entry.Count)];
        _unread = await unread.CountAsync(feed: null, LookedAt, Http.RequestAborted);
    }

    private async Task RunAsync()
    {
        var messages = await MappableMessages.SplitAsync(await BytesAsync(), Http.RequestAborted);
        if (messages.Count is 0 or > MappingsApi.MostMessages || Feed is null || !feeds.Names.Contains(Feed))
        {
            _notice = ConsoleTexts.DryRunNothing.With(MappingsApi.MostMessages);
            return;
        }

        foreach (var message in messages)
        {
            _results.Add(await dryRun.RunAsync(message, MappableMessages.FormatOf(message), Feed, Http.RequestAborted));
        }
    }

    // A file keeps its character set; what is pasted comes as UTF-8, whatever its MSH-18 says.
    private async Task<byte[]> BytesAsync()
    {
        if (Upload is not { Length: > 0 } file)
        {
            return Encoding.UTF8.GetBytes(Message ?? "");
        }

        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, Http.RequestAborted);
        return bytes.ToArray();
    }
}
