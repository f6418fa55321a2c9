using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>What a sender is told of one resource.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Outcome">Findings; none says that all is well.</param>
internal sealed record FhirAnswer(int Status, IReadOnlyList<MessageIssue> Outcome)
{
    /// <summary><c>Type/id</c> as the sender calls it; null when there is no such resource.</summary>
    public string? Reference { get; init; }

    /// <summary>Version in the record; 0 when it is not known.</summary>
    public long Version { get; init; }

    /// <summary>The message under which it is kept; null when nothing was kept.</summary>
    public string? MessageId { get; init; }

    public bool IsGood => Status is >= 200 and < 300;

    /// <summary>Weak, as FHIR R4 §3.1.0.1.3 wants it; null when the version is not known.</summary>
    public string? ETag => Version > 0 ? string.Create(CultureInfo.InvariantCulture, $"W/\"{Version}\"") : null;

    /// <summary>Relative to the base; null when there is no such resource, or it is gone.</summary>
    public string? Location => Reference is null || Version == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Reference}/_history/{Version}");

    public static FhirAnswer Refuse(int status, IntegrationErrorCode code, string place, string text) => new(status, [MessageIssue.Error(code, place, text)]);

    /// <summary>FHIR R4 OperationOutcome: what was found, each with its FHIRPath; it never holds a value of the resource.</summary>
    public JsonObject ToOutcome()
    {
        var issues = new JsonArray();
        foreach (var issue in Outcome)
        {
            var entry = new JsonObject
            {
                ["severity"] = issue.Severity switch { IssueSeverity.Error => "error", IssueSeverity.Warning => "warning", _ => "information" },
                ["code"] = CodeOf(issue.Code),
                ["details"] = new JsonObject { ["text"] = issue.Text },
                ["diagnostics"] = $"{(int)issue.Code} {issue.Code}: {IntegrationErrors.All[issue.Code].Remedy}",
            };
            if (issue.Place.Length > 0)
            {
                entry["expression"] = new JsonArray(issue.Place);
            }

            issues.Add((JsonNode)entry);
        }

        if (MessageId is not null || issues.Count == 0)
        {
            issues.Add((JsonNode)new JsonObject
            {
                ["severity"] = "information",
                ["code"] = "informational",
                ["details"] = new JsonObject
                {
                    ["text"] = Status switch
                    {
                        202 => $"Kept as message {MessageId}; it is not in the record yet.",
                        _ when MessageId is null => "Nothing was to be done.",
                        _ when IsGood => $"In the record by message {MessageId}.",
                        _ => $"Kept in quarantine as message {MessageId}; an operator sees it.",
                    }
                },
            });
        }

        return new JsonObject { ["resourceType"] = "OperationOutcome", ["issue"] = issues };
    }

    private static string CodeOf(IntegrationErrorCode code) => code switch
    {
        IntegrationErrorCode.NotFhir => "structure",
        IntegrationErrorCode.ResourceInvalid => "invalid",
        IntegrationErrorCode.InteractionUnsupported => "not-supported",
        IntegrationErrorCode.FrameTooLong => "too-long",
        IntegrationErrorCode.StoreUnavailable => "transient",
        IntegrationErrorCode.ReferenceUnresolved => "not-found",
        _ => "processing",
    };
}
