using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Core.Identity;

/// <summary>The identities that one message links or moves, each at most once; written only where something changed.</summary>
/// <param name="subjectKey">Of the number that the message is about: others that come with it are the same patient's.</param>
internal sealed class IdentityDraft(
    MessageContext context, string patientId, string subjectKey, IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)> known)
{
    /// <summary>Linked since a message said that one number replaces another.</summary>
    public const string ByMerge = "merge";

    private readonly Dictionary<string, (IdentityDocument Identity, long Version)> _drafts = new(StringComparer.Ordinal);

    /// <summary>The identity belongs to the subject's golden record from now on. What is already so stays as it is.</summary>
    public void Link(PatientIdentifier identifier, MatchDemographics demographics, string why)
    {
        if (_drafts.ContainsKey(identifier.Key))
        {
            return;
        }

        if (!known.TryGetValue(identifier.Key, out var existing))
        {
            _drafts[identifier.Key] = (new IdentityDocument
            {
                Id = identifier.Key,
                Identifier = identifier,
                PatientId = patientId,
                OriginPatientId = GoldenRecord.IdFoundedBy(identifier.Key),
                CameWith = why == ByMerge || identifier.Key == subjectKey ? null : subjectKey,
                LinkedBy = why,
                LinkedByMessage = context.Message.Id,
                Demographics = demographics,
            }, 0);
            return;
        }

        var refreshed = existing.Identity with { Demographics = Newer(existing.Identity.Demographics, demographics) };
        _drafts[identifier.Key] = (refreshed.PatientId == patientId ? refreshed : Moved(refreshed, why), existing.Version);
    }

    /// <summary>Everything linked to a golden record that turned out to be the subject's.</summary>
    /// <returns>Keys of the identities that moved.</returns>
    public async ValueTask<IReadOnlyList<string>> MoveAllAsync(string fromPatientId, IdentityStore identities, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        foreach (var (identity, version) in await identities.OfPatientAsync(fromPatientId, cancellationToken))
        {
            keys.Add(identity.Id);
            if (!_drafts.ContainsKey(identity.Id))
            {
                _drafts[identity.Id] = (Moved(identity, ByMerge), version);
            }
        }

        return keys;
    }

    public void Write()
    {
        foreach (var (key, (identity, version)) in _drafts)
        {
            if (!known.TryGetValue(key, out var existing) || existing.Identity != identity)
            {
                context.Batch.Add(Collections.Identities.Put(identity, version));
            }
        }
    }

    private IdentityDocument Moved(IdentityDocument identity, string why) =>
        identity with { PatientId = patientId, LinkedBy = why, LinkedByMessage = context.Message.Id, FormerPatientIds = [.. identity.FormerPatientIds, identity.PatientId] };

    private static MatchDemographics Newer(MatchDemographics old, MatchDemographics now) =>
        new(now.Name ?? old.Name, now.BirthDate ?? old.BirthDate, now.Sex ?? old.Sex, now.Phone ?? old.Phone);
}
