using System.Text.Json;

namespace Integration.Host.Fhir;

/// <summary>Parameters of an operation that are posted as a FHIR R4 Parameters resource.</summary>
internal static class PostedParameters
{
    /// <summary>Names with their primitive values as text.</summary>
    /// <param name="resource">Name of a parameter that is a resource, which <see cref="FindResource"/> gives; null: there is none.</param>
    /// <exception cref="FhirProblem">It is no Parameters resource.</exception>
    public static IEnumerable<(string Name, string Value)> Read(JsonElement body, string? resource = null)
    {
        if (!IsOfType(body, "Parameters"))
        {
            throw new FhirProblem(StatusCodes.Status400BadRequest, "structure", "The body is a resource of type Parameters.");
        }

        return [.. All(body).Where(p => resource is null || !IsResource(p, resource)).Select(ReadOne)];
    }

    /// <summary>The resource that a parameter of that name holds; null when there is none.</summary>
    public static JsonElement? FindResource(JsonElement body, string name)
    {
        var holder = All(body).FirstOrDefault(p => IsResource(p, name));
        return holder.ValueKind == JsonValueKind.Object ? holder.GetProperty("resource") : null;
    }

    /// <summary>Whether it is a resource of that type.</summary>
    public static bool IsOfType(JsonElement resource, string type) =>
        resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty("resourceType", out var name) && name.ValueKind == JsonValueKind.String && name.ValueEquals(type);

    private static IEnumerable<JsonElement> All(JsonElement body) =>
        body.TryGetProperty("parameter", out var parameters) && parameters.ValueKind == JsonValueKind.Array ? parameters.EnumerateArray() : [];

    private static bool IsResource(JsonElement parameter, string name) =>
        parameter.ValueKind == JsonValueKind.Object && parameter.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String
        && named.ValueEquals(name) && parameter.TryGetProperty("resource", out _);

    private static (string Name, string Value) ReadOne(JsonElement parameter)
    {
        if (parameter.ValueKind == JsonValueKind.Object && parameter.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String)
        {
            foreach (var property in parameter.EnumerateObject())
            {
                if (property.Name.StartsWith("value", StringComparison.Ordinal) && property.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                {
                    return (name.GetString()!, property.Value.ToString());
                }
            }
        }

        throw FhirProblem.Invalid("Each parameter of Parameters has a name and a value of a simple type.");
    }
}
