using System.Text.Json.Nodes;

namespace Integration.Fhir;

/// <summary>Findings as an OperationOutcome (FHIR R4 operationoutcome.html). Never holds a value of the resource.</summary>
public static class FhirOperationOutcome
{
    private const string OneIssueAtLeast = "No issues were found.";

    /// <summary>
    /// One issue per finding: severity, code of the value set issue-type, <c>details.text</c>, <c>expression</c>, and the key of an invariant as
    /// <c>diagnostics</c>. Without findings one issue says so (code informational), since an OperationOutcome has at least one.
    /// </summary>
    public static JsonObject Create(IReadOnlyList<FhirIssue> issues)
    {
        var list = new JsonArray();
        foreach (var issue in issues)
        {
            list.Add(Create(issue));
        }

        if (list.Count == 0)
        {
            list.Add(new JsonObject
            {
                ["severity"] = "information",
                ["code"] = "informational",
                ["details"] = new JsonObject { ["text"] = OneIssueAtLeast },
            });
        }

        return new JsonObject { ["resourceType"] = "OperationOutcome", ["issue"] = list };
    }

    private static JsonNode Create(FhirIssue issue)
    {
        var result = new JsonObject
        {
            ["severity"] = issue.Severity == FhirIssueSeverity.Error ? "error" : "warning",
            ["code"] = issue.Code,
            ["details"] = new JsonObject { ["text"] = issue.Text },
        };
        if (issue.Key is not null)
        {
            result["diagnostics"] = issue.Key;
        }

        result["expression"] = new JsonArray(issue.Expression);
        return result;
    }
}
