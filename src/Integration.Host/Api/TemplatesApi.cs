using Integration.Core.Messaging;
using Integration.Core.Messaging.Sending;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Templates of messages to patients, and what they say.</summary>
internal static class TemplatesApi
{
    public static void MapTemplates(this RouteGroupBuilder api)
    {
        var templates = api.MapGroup("/templates").WithTags("Messages to patients");
        templates.MapGet("", List).WithName("listTemplates").WithSummary("Templates in use, by name");
        templates.MapPost("/{name}/preview", PreviewAsync).WithName("previewTemplate")
            .WithSummary("What a template says on each channel in each language, and how many short messages that makes; nothing is sent or written")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Ok<Page<TemplateView>> List(MessagingCatalog catalog) => TypedResults.Ok(new Page<TemplateView>(
        [.. catalog.Current.Templates.Values.OrderBy(template => template.Name, StringComparer.Ordinal).Select(TemplateView.Of)], Next: null));

    private static async Task<Results<Ok<TemplatePreviewView>, ProblemHttpResult>> PreviewAsync(
        string name, TemplatePreviewRequest request, HttpContext context, MessagingCatalog catalog, MessageComposer composer, CancellationToken cancellationToken)
    {
        if (!catalog.Current.Templates.TryGetValue(name, out var template))
        {
            return ApiProblem.NotFound(context, "There is no template of this name.");
        }

        var items = request.PatientId is { } patientId
            ? await composer.PreviewAsync(template, patientId, cancellationToken)
            : TemplatePreview.OfSamples(template, catalog.Settings);
        return items is null ? ApiProblem.NotFound(context, "There is no patient of this id.") : TypedResults.Ok(TemplatePreviewView.Of(template, items));
    }
}
