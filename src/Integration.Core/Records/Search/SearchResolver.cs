using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>Makes conditions that lead over other resources into conditions on the resource itself, by carrying out the searches they stand for.</summary>
/// <param name="find">All resources of a type for which conditions hold; refuses when there are too many.</param>
internal sealed class SearchResolver(
    PatientReferences patients, TimeSpan offset, Func<string, IReadOnlyList<SearchCondition>, CancellationToken, ValueTask<IReadOnlyList<RecordResource>>> find)
{
    /// <summary>References that say whose a resource is, so that its golden record is that of the Patient it names.</summary>
    private static readonly HashSet<string> OwnerCodes = new(StringComparer.Ordinal) { "patient", "subject", "beneficiary", "individual" };

    public async ValueTask<SearchPlan> ResolveAsync(string type, IReadOnlyList<SearchCondition> conditions, CancellationToken cancellationToken)
    {
        var criteria = new List<FhirSearchCriterion>();
        HashSet<string>? references = null;
        HashSet<string>? owners = null;
        foreach (var condition in conditions)
        {
            switch (condition)
            {
                case SearchCondition.Direct { Criterion: { Parameter: { Code: "_id" }, Modifier: FhirSearchModifier.None } ids } when ids.Operands.All(o => o is TokenOperand { Code: not null }):
                    references = Both(references, ids.Operands.Select(o => $"{type}/{((TokenOperand)o).Code}"));
                    criteria.Add(ids);
                    break;
                case SearchCondition.Direct { Criterion: { Modifier: FhirSearchModifier.None } reference } when NamesPatients(reference):
                    owners = await ResolvePatientsAsync(reference, criteria, owners, cancellationToken);
                    break;
                case SearchCondition.Direct direct:
                    criteria.Add(direct.Criterion);
                    break;
                case SearchCondition.Chained chained:
                    owners = await ResolveChainAsync(chained, criteria, owners, cancellationToken);
                    break;
                case SearchCondition.Has has:
                    references = Both(references, await ReferredToAsync(type, has, cancellationToken));
                    break;
            }
        }

        return new SearchPlan(type, criteria, references, owners);
    }

    private static bool NamesPatients(FhirSearchCriterion criterion) => criterion.Parameter is { Type: FhirSearchType.Reference } parameter
        && parameter.Targets.Contains("Patient")
        && criterion.Operands.All(o => o is ReferenceOperand { Id: not null } reference && (reference.Type ?? (OwnerCodes.Contains(parameter.Code) ? "Patient" : null)) == "Patient");

    private async ValueTask<HashSet<string>?> ResolvePatientsAsync(
        FhirSearchCriterion criterion, List<FhirSearchCriterion> criteria, HashSet<string>? owners, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operand in criterion.Operands.Cast<ReferenceOperand>())
        {
            if (await patients.OwnerOfAsync(operand.Id!, cancellationToken) is { } owner)
            {
                found.Add(owner);
            }
        }

        return await AddPatientsAsync(criterion.Name, criterion.Parameter, found, criteria, owners, cancellationToken);
    }

    private async ValueTask<HashSet<string>?> AddPatientsAsync(
        string name, FhirSearchParameter parameter, HashSet<string> found, List<FhirSearchCriterion> criteria, HashSet<string>? owners, CancellationToken cancellationToken)
    {
        var references = found.Count == 0 ? [] : await patients.OfAsync(found, cancellationToken);
        criteria.Add(new FhirSearchCriterion(name, parameter, FhirSearchModifier.None, [new ReferenceSetOperand(references)]));
        return OwnerCodes.Contains(parameter.Code) || found.Count == 0 ? Both(owners, found) : owners;
    }

    private async ValueTask<HashSet<string>?> ResolveChainAsync(
        SearchCondition.Chained chained, List<FhirSearchCriterion> criteria, HashSet<string>? owners, CancellationToken cancellationToken)
    {
        var found = new List<RecordResource>();
        foreach (var (target, condition) in chained.Targets)
        {
            found.AddRange(await find(target, [condition], cancellationToken));
        }

        if (found.Count > 0 && found.All(r => r.Type == "Patient"))
        {
            return await AddPatientsAsync(
                chained.Name, chained.Parameter, found.Select(r => r.PatientId).ToHashSet(StringComparer.Ordinal), criteria, owners, cancellationToken);
        }

        var references = found.Select(r => r.Reference).ToHashSet(StringComparer.Ordinal);
        criteria.Add(new FhirSearchCriterion(chained.Name, chained.Parameter, FhirSearchModifier.None, [new ReferenceSetOperand(references)]));
        return references.Count == 0 ? [] : owners;
    }

    private async ValueTask<IEnumerable<string>> ReferredToAsync(string type, SearchCondition.Has has, CancellationToken cancellationToken)
    {
        var referring = await find(has.Type, [has.Condition], cancellationToken);
        return referring.SelectMany(r => r.Values([has.Parameter], offset)).OfType<FhirReferenceValue>()
            .Where(v => v.Type == type && v.Id is not null).Select(v => $"{type}/{v.Id}");
    }

    private static HashSet<string> Both(HashSet<string>? before, IEnumerable<string> now)
    {
        var set = now.ToHashSet(StringComparer.Ordinal);
        if (before is not null)
        {
            set.IntersectWith(before);
        }

        return set;
    }
}
