using Integration.Core.Audit;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Verification;

/// <summary>
/// Walks everything in a store and reports what does not fit: references to nothing, history without resource, summaries that differ from what their
/// resources give, raw bytes that are missing. Changes nothing. Nothing may write meanwhile: what is on its way would look broken.
/// </summary>
/// <param name="progress">Told of every document that was looked at; null: nobody.</param>
public sealed class StoreVerifier(IDocumentStore store, TimeProvider clock, Action? progress = null)
{
    /// <summary>Findings of a kind that are named.</summary>
    public const int MaxExamples = 20;

    private readonly SortedDictionary<string, long> _documents = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _findings = new(StringComparer.Ordinal);
    private readonly List<StoreFinding> _examples = [];

    /// <summary>Walks once; an object is used once.</summary>
    public async ValueTask<StoreVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        await VerifyMessagesAsync(cancellationToken);
        await VerifyResourcesAsync(cancellationToken);
        await VerifyHistoryAsync(cancellationToken);
        await VerifyPatientsAsync(cancellationToken);
        await VerifyIdentitiesAsync(cancellationToken);
        await VerifyAttachmentsAsync(cancellationToken);
        await VerifyAuditAsync(cancellationToken);
        return new StoreVerification(_documents, _findings, _examples);
    }

    private async ValueTask VerifyMessagesAsync(CancellationToken cancellationToken)
    {
        var raw = new RawBytesCheck(store, Report);
        await foreach (var page in PagesAsync(Collections.Messages, RawBytesCheck.MessagesAPage, withPayload: true, cancellationToken))
        {
            var messages = page.Select(stored => Collections.Messages.Read(stored) with { Raw = stored.Payload }).ToList();
            foreach (var message in messages)
            {
                await raw.CheckAsync(message, cancellationToken);
            }

            var missing = await MissingAsync(Collections.Patients, messages.Select(m => m.PatientId).OfType<string>(), cancellationToken);
            foreach (var message in messages.Where(m => m.PatientId is { } patient && missing.Contains(patient)))
            {
                Report(FindingKinds.MessageWithoutPatient, message.Id, message.PatientId!);
            }
        }

        await foreach (var page in PagesAsync(Collections.RawBlocks, 1000, withPayload: false, cancellationToken))
        {
            raw.CheckCounts(page.Select(Collections.RawBlocks.Read));
        }
    }

    private async ValueTask VerifyResourcesAsync(CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(Collections.Resources, 500, withPayload: false, cancellationToken))
        {
            var resources = page.Select(Collections.Resources.Read).ToList();
            var strangers = await MissingAsync(Collections.Patients, resources.Select(r => r.PatientId).Where(id => id.Length > 0), cancellationToken);
            foreach (var resource in resources.Where(r => strangers.Contains(r.PatientId)))
            {
                Report(FindingKinds.ResourceWithoutPatient, resource.Id, resource.PatientId);
            }

            var references = resources.SelectMany(r => ResourceReferences.Of(r.Resource).Distinct().Select(reference => (r.Id, Reference: reference))).ToList();
            var attachments = references.Where(r => r.Reference.StartsWith(ResourceReferences.Attachment, StringComparison.Ordinal)).ToList();
            var missing = await MissingAsync(Collections.Resources, references.Except(attachments).Select(r => r.Reference), cancellationToken);
            var lost = await MissingAsync(Collections.Attachments, attachments.Select(r => r.Reference[ResourceReferences.Attachment.Length..]), cancellationToken);
            foreach (var (id, reference) in references)
            {
                if (missing.Contains(reference) || (reference.StartsWith(ResourceReferences.Attachment, StringComparison.Ordinal) && lost.Contains(reference[ResourceReferences.Attachment.Length..])))
                {
                    Report(FindingKinds.ReferenceToNothing, id, reference);
                }
            }
        }
    }

    private async ValueTask VerifyHistoryAsync(CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(Collections.ResourceHistory, 500, withPayload: false, cancellationToken))
        {
            var versions = page.Select(stored => (stored.Id, ResourceId: Collections.ResourceHistory.Read(stored).Id)).ToList();
            var missing = await MissingAsync(Collections.Resources, versions.Select(v => v.ResourceId), cancellationToken);
            foreach (var (id, resource) in versions.Where(v => missing.Contains(v.ResourceId)))
            {
                Report(FindingKinds.HistoryWithoutResource, id, resource);
            }
        }
    }

    private async ValueTask VerifyPatientsAsync(CancellationToken cancellationToken)
    {
        var summaries = new PatientSummaryStore(store);
        await foreach (var page in PagesAsync(Collections.Patients, 200, withPayload: false, cancellationToken))
        {
            var patients = page.Select(stored => (Stored: stored, Patient: Collections.Patients.Read(stored))).ToList();
            var missing = await MissingAsync(Collections.Patients, patients.Select(p => p.Patient.MergedInto).OfType<string>(), cancellationToken);
            foreach (var (stored, patient) in patients)
            {
                if (patient.MergedInto is { } into)
                {
                    if (missing.Contains(into))
                    {
                        Report(FindingKinds.MergedIntoNothing, patient.Id, into);
                    }

                    continue;
                }

                // Read again by the same contract, so that both were written by it.
                var rebuilt = Collections.Patients.Put(await summaries.RebuildAsync(patient.Id, cancellationToken), null).Json;
                if (!rebuilt.Span.SequenceEqual(Collections.Patients.Put(patient, null).Json.Span))
                {
                    Report(FindingKinds.SummaryDiffers, stored.Id, "");
                }
            }
        }
    }

    private async ValueTask VerifyIdentitiesAsync(CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(Collections.Identities, 1000, withPayload: false, cancellationToken))
        {
            await ReportStrangersAsync([.. page.Select(stored => Collections.Identities.Read(stored).PatientId)], "identities", cancellationToken);
        }

        await foreach (var page in PagesAsync(Collections.LinkReviews, 1000, withPayload: false, cancellationToken))
        {
            await ReportStrangersAsync([.. page.Select(Collections.LinkReviews.Read).SelectMany(review => new[] { review.PatientA, review.PatientB })], "linkReviews", cancellationToken);
        }
    }

    private async ValueTask ReportStrangersAsync(IReadOnlyList<string> patients, string where, CancellationToken cancellationToken)
    {
        var missing = await MissingAsync(Collections.Patients, patients, cancellationToken);
        foreach (var patient in patients.Where(missing.Contains))
        {
            Report(FindingKinds.IdentityToNothing, patient, where);
        }
    }

    private async ValueTask VerifyAttachmentsAsync(CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(Collections.Attachments, 100, withPayload: false, cancellationToken))
        {
            foreach (var attachment in page.Select(Collections.Attachments.Read))
            {
                var missing = await MissingAsync(Collections.ContentParts, LongContent.PartIds(attachment.Id, attachment.Bytes), cancellationToken);
                if (missing.Count > 0)
                {
                    Report(FindingKinds.AttachmentIncomplete, attachment.Id, $"{missing.Count} parts");
                }
            }
        }
    }

    private async ValueTask VerifyAuditAsync(CancellationToken cancellationToken)
    {
        var (entries, brokenAt) = await new AuditTrail(store, clock).VerifyAsync(cancellationToken);
        _documents[Collections.Audit.Name] = entries;
        if (brokenAt is { } number)
        {
            Report(FindingKinds.AuditBroken, number.ToString(System.Globalization.CultureInfo.InvariantCulture), "");
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<StoredDocument>> PagesAsync(
        DocumentCollection collection, int limit, bool withPayload, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _documents[collection.Name] = 0;
        var query = new DocumentQuery(collection) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = limit, WithPayload = withPayload };
        do
        {
            var page = await store.QueryAsync(query, cancellationToken);
            yield return page.Documents;
            _documents[collection.Name] += page.Documents.Count;
            for (var i = 0; i < page.Documents.Count; i++)
            {
                progress?.Invoke();
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);
    }

    private async ValueTask<HashSet<string>> MissingAsync(DocumentCollection collection, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var missing = ids.ToHashSet(StringComparer.Ordinal);
        if (missing.Count > 0)
        {
            missing.ExceptWith((await store.GetManyAsync(collection, [.. missing], cancellationToken)).Select(stored => stored.Id));
        }

        return missing;
    }

    private void Report(string kind, string id, string detail)
    {
        var count = _findings[kind] = _findings.GetValueOrDefault(kind) + 1;
        if (count <= MaxExamples)
        {
            _examples.Add(new StoreFinding(kind, id, detail));
        }
    }
}
