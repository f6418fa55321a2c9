using Integration.Adapters.Fhir.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Records;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>What became of the condition of a request: which resource it means.</summary>
/// <param name="Id">Its id as the sender calls it; null when there is none yet and the entry itself says what it will be.</param>
/// <param name="Exists">It is in the record.</param>
/// <param name="Problem">Why it cannot be carried out; null when it can.</param>
internal sealed record FhirDecision(string? Id, bool Exists, FhirAnswer? Problem);

/// <summary>Carries out conditions: FHIR R4 §3.1.0.4.3, §3.1.0.7.1, §3.1.0.8.1. By business identifier, which is what conditions are for.</summary>
internal sealed class FhirConditions(string authority, SourceResources resources)
{
    public string Authority => authority;

    /// <param name="newId">For what is created and has no id of its own.</param>
    /// <param name="ifMatch">Of the request; null: any version will do.</param>
    public async ValueTask<FhirDecision> DecideAsync(FhirRequest request, string? newId, string? ifMatch, string place, CancellationToken cancellationToken)
    {
        if (request.Type is not { } type)
        {
            return Refuse(404, place, "The address names no resource type of FHIR R4. Write it as Type, Type/id or Type?identifier=system|value.");
        }

        if (request.Condition is null)
        {
            if (request is { Method: "PUT" or "DELETE", Id: null } or { Method: "POST", Id: not null })
            {
                return Refuse(405, place, request.Method == "POST" ? "POST gives no id. Use PUT for a resource that has one." : "The address lacks the id.");
            }

            return request.Id is { } id && ifMatch is not null
                && ifMatch.Trim() is var wanted && wanted != $"W/\"{await resources.VersionAsync(authority, type, id, cancellationToken)}\""
                ? Refuse(412, place, "The resource has another version by now than If-Match names. Read it again.")
                : new FhirDecision(request.Id ?? newId, false, null);
        }

        if (request.Identifier is not var (system, value))
        {
            return Refuse(400, place, "Conditions are taken by one identifier with its system: identifier=system|value.");
        }

        var found = await resources.FindAsync(authority, type, system, value, cancellationToken);
        return found.Count switch
        {
            > 1 => Refuse(412, place, "More than one resource meets the condition."),
            1 => new FhirDecision(found[0], true, null),
            _ => new FhirDecision(request.Method == "DELETE" ? null : FhirRequest.IdOfCondition(system, value), false, null),
        };
    }

    /// <summary>The version of a resource in the record; 0 when it is not there.</summary>
    public ValueTask<int> VersionAsync(string type, string id, CancellationToken cancellationToken) => resources.VersionAsync(authority, type, id, cancellationToken);

    private static FhirDecision Refuse(int status, string place, string text) =>
        new(null, false, FhirAnswer.Refuse(status, IntegrationErrorCode.InteractionUnsupported, place, text));
}
