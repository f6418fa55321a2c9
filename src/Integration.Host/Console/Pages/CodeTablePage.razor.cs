using System.Globalization;
using System.Text;
using Integration.Core.Mapping.Codes;
using Integration.Host.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;

namespace Integration.Host.Console.Pages;

/// <summary>One code map as a table: its entries, taking another one or an earlier one after the difference was shown, and who did that when.</summary>
public sealed partial class CodeTablePage(Integration.Core.Mapping.Codes.CodeTables tables, IAuthorizationService authorization)
{
    private const int MostRows = 200;

    private CodeTable? _table;
    private CodeTableHistory? _history;
    private CodeTableDiff? _diff;
    private IReadOnlyList<string> _problems = [];
    private long? _taken;

    [Parameter]
    public string Name { get; set; } = "";

    /// <summary>Whose entries; null: the product's.</summary>
    [SupplyParameterFromQuery]
    public string? Feed { get; set; }

    /// <summary>What entries must contain.</summary>
    [SupplyParameterFromQuery]
    public string? Q { get; set; }

    /// <summary>Mappings whose table is compared with that of now.</summary>
    [SupplyParameterFromQuery]
    public long? Back { get; set; }

    [SupplyParameterFromForm]
    private string? Csv { get; set; }

    [SupplyParameterFromForm]
    private long? Number { get; set; }

    [SupplyParameterFromForm]
    private string? Reason { get; set; }

    [SupplyParameterFromForm]
    private IFormFile? Upload { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    private IEnumerable<CodeMapEntry> Found => string.IsNullOrWhiteSpace(Q) ? _table!.Entries : _table!.Entries.Where(entry =>
        new[] { entry.Source, entry.Target.Code, entry.Target.Display, entry.Target.System }.Any(text => text?.Contains(Q.Trim(), StringComparison.OrdinalIgnoreCase) == true));

    /// <param name="back">Mappings whose table is compared with that of now; null: none.</param>
    internal static string AddressOf(string name, string? feed, long? back = null)
    {
        string?[] query = [feed is null ? null : $"feed={Uri.EscapeDataString(feed)}", back is { } number ? string.Create(CultureInfo.InvariantCulture, $"back={number}") : null];
        var parts = string.Join('&', query.OfType<string>());
        return $"/mappings/tables/{Uri.EscapeDataString(name)}{(parts.Length == 0 ? "" : "?" + parts)}";
    }

    protected override async Task OnInitializedAsync()
    {
        Feed = string.IsNullOrEmpty(Feed) ? null : Feed;
        await LoadAsync();
        if (_table is null)
        {
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (Back is { } number && HttpMethods.IsGet(Http.Request.Method))
        {
            Number = number;
            await RunAsync(() => tables.RollBackAsync(RequestOf(take: false), number, Http.RequestAborted));
        }
    }

    private async Task PreviewImportAsync()
    {
        using var bytes = new MemoryStream();
        if (Upload is not null)
        {
            await Upload.CopyToAsync(bytes, Http.RequestAborted);
        }

        if (CodeTable.Read(bytes.ToArray(), out var problem) is not { } table)
        {
            _problems = [problem!];
            return;
        }

        Csv = table.ToCsv();
        Number = null;
        await RunAsync(() => tables.ImportAsync(RequestOf(take: false), table, Http.RequestAborted));
    }

    private async Task TakeAsync()
    {
        if (!(await authorization.AuthorizeAsync(Http.User, Policies.Operate)).Succeeded)
        {
            Http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (Number is { } number)
        {
            await RunAsync(() => tables.RollBackAsync(RequestOf(take: true), number, Http.RequestAborted));
        }
        else if (CodeTable.Read(Encoding.UTF8.GetBytes(Csv ?? ""), out var problem) is { } table)
        {
            await RunAsync(() => tables.ImportAsync(RequestOf(take: true), table, Http.RequestAborted));
        }
        else
        {
            _problems = [problem!];
        }
    }

    private async Task RunAsync(Func<ValueTask<CodeTableResult>> run)
    {
        try
        {
            switch (await run())
            {
                case CodeTableResult.Done { IsTaken: true } done:
                    _taken = done.Status.Active.Number;
                    await LoadAsync();
                    break;
                case CodeTableResult.Done done:
                    _diff = done.Diff;
                    break;
                case CodeTableResult.Refused refused:
                    (_diff, _problems) = (refused.Diff, [.. refused.Problems.Select(problem => problem.ToString())]);
                    break;
                case CodeTableResult.Unknown:
                    _problems = [Texts.ConsoleTexts.CodeTableNotFound];
                    break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems = [e.Message];
        }
    }

    private async Task LoadAsync()
    {
        _table = await tables.ExportAsync(Name, Feed, number: null, Http.RequestAborted);
        _history = _table is null ? null : await tables.HistoryAsync(Name, Feed, Http.RequestAborted);
    }

    private CodeTableRequest RequestOf(bool take)
    {
        var reason = Reason?.Trim() ?? "";
        return new CodeTableRequest(Name, Feed, take, Actor.Of(Http), reason.Length > 500 ? reason[..500] : reason);   // the field takes no more
    }

    private static string Shown(CodeTarget target) =>
        $"{target.Code}{(target.Display is null ? "" : $" {target.Display}")}{(target.System is null ? "" : $" [{target.System}]")}{(target.IsDated ? $" ({Day(target.ValidFrom)} – {Day(target.ValidTo)})" : "")}";

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
