using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Host.Api;
using Integration.Host.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;

namespace Integration.Host.Console.Pages;

/// <summary>One code of the work-list: what it may mean, and mapping it.</summary>
public sealed partial class UnmappedCode(UnmappedCodeStore codes, CodeMapping mapping, MappingCatalog catalog, IAuthorizationService authorization)
{
    private const int MostTargets = 100;

    private UnmappedCodeEntry? _entry;
    private IReadOnlyList<CodeSuggestion> _suggestions = [];
    private IReadOnlyList<CodeTarget> _targets = [];
    private IReadOnlyList<string> _problems = [];
    private CodeMappingResult.Done? _done;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromForm]
    private string? Code { get; set; }

    [SupplyParameterFromForm]
    private string? Display { get; set; }

    [SupplyParameterFromForm]
    private string? Reason { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        if (await codes.GetAsync(Id, Http.RequestAborted) is not var (entry, _))
        {
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        _entry = entry;
        var known = catalog.Current.CodesOf(entry.Document.Feed, entry.Document.CodeMap) ?? [];
        _suggestions = CodeSuggestions.For(entry.Document.Code, entry.Document.Text, known);
        _targets = [.. _suggestions.Select(suggestion => suggestion.Target).Concat(known.Select(k => k.Target)).DistinctBy(target => target.Code).Take(MostTargets)];
    }

    private async Task MapAsync()
    {
        if (!(await authorization.AuthorizeAsync(Http.User, Policies.Operate)).Succeeded)
        {
            Http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        var display = string.IsNullOrWhiteSpace(Display) ? null : Display.Trim();
        if (UnmappedCodesApi.Problem(Code, null, display) is { } problem)
        {
            _problems = [problem];
            return;
        }

        var reason = Reason is { Length: > 500 } ? Reason[..500] : Reason;   // the field takes no more

        try
        {
            switch (await mapping.MapAsync(Id, new CodeTarget(Code!.Trim(), null, display), Actor.Of(Http), reason?.Trim() ?? "", Http.RequestAborted))
            {
                case CodeMappingResult.Done done:
                    _done = done;
                    break;
                case CodeMappingResult.Refused refused:
                    _problems = [.. refused.Problems.Select(p => p.ToString())];
                    break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems = [e.Message];
        }
    }
}
