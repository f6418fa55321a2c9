using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Audit;
using Integration.Core.Events;
using Integration.Core.Events.Record;
using Integration.Core.FollowUps.Sweeping;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Messaging.Answers;

/// <summary>
/// Writes into the record that a patient wants no more messages: a Consent (FHIR R4 consent.html) as <see cref="ContactConsents"/> reads it when the next
/// message is due. Safe for many threads.
/// </summary>
public sealed class OptOuts(IDocumentStore store, PatientSummaryStore summaries, EventOutbox outbox, AuditTrail audit, TimeProvider clock)
{
    private const int MostTries = 20;
    private const int MostMergesFollowed = 10;

    /// <summary>TRANSACTION: the consent with its version before, the patient's summary, the event consent.changed and the entry in the audit.</summary>
    /// <param name="patientId">Golden record; where it was merged away, the one that stays.</param>
    /// <param name="category">One of the codes of <see cref="ContactConsents"/>.</param>
    /// <param name="gateway">Whose message was answered.</param>
    public async ValueTask SetAsync(string patientId, string category, string gateway, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostTries; i++)
        {
            var opened = await OpenAsync(patientId, cancellationToken);
            if (opened.Version == 0 || await PlanAsync(opened.Summary, category, gateway, cancellationToken) is not { } change)
            {
                return;   // nobody there; or it is denied already
            }

            var raised = RaisedEvents.None;
            var note = new AuditNote(gateway, AuditActions.OptOut, change.After.Id, category);
            var result = await audit.CommitAsync(note, async batch =>
            {
                batch.Add(Collections.Resources.Put(change.After, change.Version));
                if (change.Before is not null)
                {
                    batch.Add(Collections.ResourceHistory.Put(change.Before, null));
                }

                var recordChange = new RecordChange(change.Before, change.After);
                await summaries.UpdateAsync(batch, opened, recordChange, cancellationToken);
                raised = await outbox.RaiseAsync(batch, [.. RecordEvents.Of(recordChange).Select(type => EventOf(type, recordChange))], cancellationToken);
                return await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
            }, cancellationToken);
            if (result is CommitResult.Committed)
            {
                outbox.Committed(raised);
                return;
            }
        }

        throw new StoreUnavailableException("Others changed the patient at each try.");
    }

    private async ValueTask<(PatientDocument Summary, long Version)> OpenAsync(string patientId, CancellationToken cancellationToken)
    {
        var opened = await summaries.OpenAsync(patientId, cancellationToken);
        for (var i = 0; i < MostMergesFollowed && opened.Summary.MergedInto is { } into; i++)
        {
            opened = await summaries.OpenAsync(into, cancellationToken);
        }

        return opened;
    }

    /// <returns>Null: the answer is in the record already, in force.</returns>
    private async ValueTask<(ResourceDocument? Before, ResourceDocument After, long Version)?> PlanAsync(
        PatientDocument patient, string category, string gateway, CancellationToken cancellationToken)
    {
        var needed = category == ContactConsents.Marketing ? FollowUps.Rules.ContactCategory.Marketing : FollowUps.Rules.ContactCategory.Service;
        var now = clock.GetUtcNow();
        if (await new ContactConsents(store).RefusalAsync(patient, needed, now, cancellationToken) == FollowUps.Work.FollowUpReasons.OptedOut)
        {
            return null;
        }

        var id = $"Consent/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{patient.Id}\n{category}")).AsSpan(0, 16))}";
        var stored = await store.GetAsync(Collections.Resources, id, withPayload: false, cancellationToken);
        var before = stored is null ? null : Collections.Resources.Read(stored);
        var subject = await new RecordSubjects(store).NewestAsync(patient.Id, cancellationToken);
        var cause = $"reply-{now.UtcTicks.ToString(CultureInfo.InvariantCulture)}";
        var after = new ResourceDocument
        {
            Id = id,
            Type = "Consent",
            PatientId = patient.Id,
            SourceIdentity = before?.SourceIdentity ?? subject?.SourceIdentity ?? "",
            Effective = now,
            Version = (before?.Version ?? 0) + 1,
            LastUpdated = now,
            Provenance = new Provenance(gateway, cause, "", "reply", "", now) { Received = now },
            Resource = ResourceOf(id["Consent/".Length..], category, subject?.Id, now),
        };
        return (before, after, stored?.Version ?? 0);
    }

    private static JsonObject ResourceOf(string id, string category, string? subject, DateTimeOffset now)
    {
        var consent = new JsonObject
        {
            ["resourceType"] = "Consent",
            ["id"] = id,
            ["status"] = "active",
            ["scope"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/consentscope", ["code"] = "patient-privacy" }) },
            ["category"] = new JsonArray(new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = ContactConsents.System, ["code"] = category }) }),
        };
        if (subject is not null)
        {
            consent["patient"] = new JsonObject { ["reference"] = subject };
        }

        consent["dateTime"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        consent["provision"] = new JsonObject { ["type"] = "deny" };
        return consent;
    }

    private static EventDocument EventOf(RecordEventType type, RecordChange change) => new()
    {
        Id = EventDocument.IdOf(type.Type.Name, change.After.Provenance.MessageId, change.After.Id),
        Type = type.Type.Name,
        SchemaVersion = type.Type.SchemaVersion,
        Subject = change.After.Id,
        PatientId = change.After.PatientId,
        Time = change.After.Provenance.EventTime,
        Cause = change.After.Provenance.MessageId,
        Data = type.DataOf(change),
    };
}
