using System.Reflection;
using System.Text.Json.Nodes;
using Integration.Fhir.Search;

namespace Integration.Host.Fhir;

/// <summary>The CapabilityStatement, made of the tables that requests are served by. FHIR R4 capabilitystatement.html.</summary>
internal static class CapabilityDocument
{
    private const string Definitions = "http://hl7.org/fhir/";
    private const string BulkData = "http://hl7.org/fhir/uv/bulkdata/";

    // The day of the release of FHIR that it states; what it says changes with the version of the software only.
    private const string Date = "2019-11-01";

    public static JsonObject Create(string baseUrl) => new()
    {
        ["resourceType"] = "CapabilityStatement",
        ["status"] = "active",
        ["date"] = Date,
        ["kind"] = "instance",
        ["software"] = new JsonObject { ["name"] = "Hospital integration engine", ["version"] = Version() },
        ["implementation"] = new JsonObject { ["description"] = "The patient-360 record, to be read", ["url"] = baseUrl },
        ["fhirVersion"] = "4.0.1",
        ["instantiates"] = new JsonArray(BulkData + "CapabilityStatement/bulk-data"),
        ["format"] = new JsonArray("application/fhir+json", "json"),
        ["rest"] = new JsonArray(new JsonObject
        {
            ["mode"] = "server",
            ["documentation"] = "A parameter that is not supported is refused unless the request says Prefer: handling=lenient.",
            ["security"] = new JsonObject { ["cors"] = false, ["description"] = "A key in X-Api-Key, or as Authorization: Bearer." },
            ["resource"] = new JsonArray([.. FhirTypes.Served.Select(Resource), Binary()]),
            ["operation"] = new JsonArray(Export("export")),
        }),
    };

    /// <summary>Parameters that a search for the type may use.</summary>
    public static IEnumerable<FhirSearchParameter> ParametersOf(string type) =>
        FhirSearchParameters.For(type).Where(p => p is { Expression: not null, Type: not FhirSearchType.Special }).DistinctBy(p => p.Code).OrderBy(p => p.Code, StringComparer.Ordinal);

    private static JsonNode Resource(string type)
    {
        var parameters = ParametersOf(type).ToList();
        var resource = new JsonObject
        {
            ["type"] = type,
            ["interaction"] = new JsonArray(Interaction("read"), Interaction("vread"), Interaction("history-instance"), Interaction("search-type")),
            ["versioning"] = "versioned",
            ["readHistory"] = true,
            ["updateCreate"] = false,
            ["conditionalCreate"] = false,
            ["conditionalRead"] = "full-support",
            ["conditionalUpdate"] = false,
        };
        string[] includes = [.. parameters.Where(p => p.Type == FhirSearchType.Reference).Select(p => $"{type}:{p.Code}")];
        if (includes.Length > 0)
        {
            resource["searchInclude"] = new JsonArray(["*", .. includes]);
        }

        string[] reverse = [.. FhirTypes.Served.SelectMany(source => ParametersOf(source)
            .Where(p => p.Type == FhirSearchType.Reference && p.Targets.Contains(type)).Select(p => $"{source}:{p.Code}"))];
        if (reverse.Length > 0)
        {
            resource["searchRevInclude"] = new JsonArray([.. reverse]);
        }

        resource["searchParam"] = new JsonArray([.. parameters.Select(Parameter)]);
        resource["operation"] = new JsonArray([.. OperationsOf(type)]);
        return resource;
    }

    private static JsonNode Binary() => new JsonObject
    {
        ["type"] = FhirTypes.Binary,
        ["interaction"] = new JsonArray(Interaction("read")),
        ["versioning"] = "no-version",
    };

    private static JsonNode Interaction(string code) => new JsonObject { ["code"] = code };

    private static JsonNode Parameter(FhirSearchParameter parameter) => new JsonObject
    {
        ["name"] = parameter.Code,
        ["definition"] = $"{Definitions}SearchParameter/{parameter.Id}",
        ["type"] = parameter.Type.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<JsonNode> OperationsOf(string type)
    {
        yield return Operation("validate", "Resource-validate");
        if (type == "Patient")
        {
            yield return Operation("everything", "Patient-everything");
            yield return Operation("match", "Patient-match");
            yield return Export("patient-export");
        }

        if (type == "Group")
        {
            yield return Export("group-export");
        }
    }

    private static JsonNode Operation(string name, string definition) =>
        new JsonObject { ["name"] = name, ["definition"] = $"{Definitions}OperationDefinition/{definition}" };

    private static JsonNode Export(string definition) => new JsonObject { ["name"] = "export", ["definition"] = $"{BulkData}OperationDefinition/{definition}" };

    private static string Version() =>
        typeof(CapabilityDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
