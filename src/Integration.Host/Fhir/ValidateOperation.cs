using System.Text.Json;
using Integration.Fhir;

namespace Integration.Host.Fhir;

/// <summary><c>$validate</c>: the findings on a resource, which is not stored. FHIR R4 resource-operation-validate.html.</summary>
internal static class ValidateOperation
{
    public static async Task RunAsync(HttpContext context)
    {
        var type = FhirApi.TypeOf(context);
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            await WriteAsync(context, type, ResourceOf(body.RootElement));
        }
        catch (JsonException)
        {
            throw new FhirProblem(StatusCodes.Status400BadRequest, "structure", "The body is no JSON.");
        }
    }

    public static async Task RunOnStoredAsync(HttpContext context)
    {
        var resource = await FhirApi.FindAsync(context);
        using var given = JsonDocument.Parse(ResourceWriter.ToJson(writer => ResourceWriter.Write(writer, resource)));
        await WriteAsync(context, resource.Type, given.RootElement);
    }

    private static Task WriteAsync(HttpContext context, string type, JsonElement resource)
    {
        var issues = resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty("resourceType", out var name) && name.ValueKind == JsonValueKind.String && !name.ValueEquals(type)
            ? [new FhirIssue(FhirIssueSeverity.Error, "invalid", "resourceType", "The resource is of another type than the address says.")]
            : FhirValidator.Validate(resource);
        return FhirAnswers.WriteAsync(context, StatusCodes.Status200OK, FhirOperationOutcome.Create(issues));
    }

    /// <summary>The body itself, or the parameter <c>resource</c> of Parameters.</summary>
    private static JsonElement ResourceOf(JsonElement body) =>
        PostedParameters.IsOfType(body, "Parameters") && body.TryGetProperty("parameter", out var parameters) && parameters.ValueKind == JsonValueKind.Array
            ? PostedParameters.FindResource(body, "resource") ?? throw FhirProblem.Invalid("Parameters of $validate have a parameter resource.")
            : body;
}
