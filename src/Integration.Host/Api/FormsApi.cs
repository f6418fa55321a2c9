using Integration.Core.Forms;
using Integration.Core.Mapping.Versions;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Forms that patients are asked, in every version, and answers to them.</summary>
internal static class FormsApi
{
    private const int LongestName = 200;
    private const int PageOfVersions = 100;

    public static void MapForms(this RouteGroupBuilder api)
    {
        var forms = api.MapGroup("/forms").WithTags("Forms");
        forms.MapGet("", List).WithName("listForms").WithSummary("Forms in use, by name");
        forms.MapGet("/{name}", GetAsync).WithName("getForm").WithSummary("A form as FHIR R4 Questionnaire, also as it was in an earlier version")
            .TakesQuery(QueryParameter.Text("version", "Which version. Default: the one in use.", "a version of the form"))
            .Produces<System.Text.Json.JsonElement>(StatusCodes.Status200OK, "application/fhir+json").ProducesProblem(StatusCodes.Status404NotFound);
        forms.MapPost("/{name}/responses", SubmitAsync).RequireAuthorization(Policies.Operate).WithName("answerForm")
            .WithSummary("Hand in answers; they are in the record in a moment, as a QuestionnaireResponse")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static Ok<Page<FormView>> List(FormCatalog catalog) => TypedResults.Ok(new Page<FormView>(
        [.. catalog.Current.All.Values.OrderBy(form => form.Name, StringComparer.Ordinal).Select(FormView.Of)], Next: null));

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> GetAsync(
        string name, QueryValues query, HttpContext context, FormCatalog catalog, MappingVersionStore versions, CancellationToken cancellationToken)
    {
        var version = query.Text("version");
        var form = catalog.Current.All.GetValueOrDefault(name);
        if (version is not null && form?.Version != version)
        {
            form = await FindAsync(name, version, versions, cancellationToken);
        }

        return form is null
            ? ApiProblem.NotFound(context, version is null ? "There is no form of this name." : "No mappings that were ever in use have this version of the form.")
            : TypedResults.Text(form.Questionnaire.GetRawText(), "application/fhir+json", System.Text.Encoding.UTF8);
    }

    /// <summary>The newest mappings that had the version; they are kept with every file.</summary>
    private static async ValueTask<Form?> FindAsync(string name, string version, MappingVersionStore versions, CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var (page, next) = await versions.ListAsync(PageOfVersions, after, cancellationToken);
            foreach (var known in page)
            {
                if (await versions.FindAsync(known.Number, cancellationToken) is { } files && FormLoader.Find(files, name) is { } form && form.Version == version)
                {
                    return form;
                }
            }

            after = next;
        }
        while (after is not null);

        return null;
    }

    private static async Task<Results<Accepted<FormAnswersView>, ProblemHttpResult>> SubmitAsync(
        string name, FormAnswersRequest request, HttpContext context, FormCatalog catalog, FormResponses responses, CancellationToken cancellationToken)
    {
        if (catalog.Current.All.GetValueOrDefault(name) is not { } form)
        {
            return ApiProblem.NotFound(context, "There is no form of this name.");
        }

        if (Check(request) is { Count: > 0 } errors)
        {
            return ApiProblem.InvalidBody(context, errors);
        }

        var by = request.By?.Trim() is { Length: > 0 } person ? person : Actor.Of(context);
        return await responses.SubmitAsync(form, new FormSubmission(request.PatientId!, request.Answers!, by) { Id = request.Id }, cancellationToken) switch
        {
            FormResult.Taken taken => TypedResults.Accepted((string?)null, FormAnswersView.Of(taken)),
            FormResult.Wrong wrong => ApiProblem.WrongAnswers(context, wrong.Problems),
            _ => ApiProblem.NotFound(context, "There is no patient of this id."),
        };
    }

    private static List<ParameterError> Check(FormAnswersRequest request)
    {
        var errors = new List<ParameterError>();
        if (string.IsNullOrWhiteSpace(request.PatientId))
        {
            errors.Add(new ParameterError("patientId", "Say whose answers they are, by the id of the golden record."));
        }

        if (request.Answers is null)
        {
            errors.Add(new ParameterError("answers", "Send an object with a value, or a list of values, for each linkId."));
        }

        if (request.Id is { } id && (id.Length is 0 or > 64 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))))
        {
            errors.Add(new ParameterError("id", "It must be 1 to 64 of A–Z a–z 0–9 - and ."));
        }

        if (request.By?.Length > LongestName)
        {
            errors.Add(new ParameterError("by", $"It must be at most {LongestName} characters."));
        }

        return errors;
    }
}
