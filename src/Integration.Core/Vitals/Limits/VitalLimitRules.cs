using System.Collections.Frozen;

namespace Integration.Core.Vitals.Limits;

/// <summary>A limit of everybody of an age.</summary>
/// <param name="From">Years of age, included; null: whatever the age, also where it is not known.</param>
/// <param name="Below">Years of age, not included; null: no end.</param>
public sealed record AgeLimit(int? From, int? Below, VitalLimit Limit);

/// <summary>The limits of all who have none of their own, by vital sign. Immutable.</summary>
/// <param name="ByCode">By LOINC code, in the order of the file: the first that fits the age counts.</param>
public sealed record VitalLimitRules(FrozenDictionary<string, IReadOnlyList<AgeLimit>> ByCode)
{
    /// <summary>No limits.</summary>
    public static readonly VitalLimitRules None = new(FrozenDictionary<string, IReadOnlyList<AgeLimit>>.Empty);

    /// <param name="age">Years; null: not known.</param>
    /// <returns>Null: there is none.</returns>
    public VitalLimit? Find(string loinc, int? age) =>
        ByCode.TryGetValue(loinc, out var limits) ? limits.FirstOrDefault(limit => Fits(limit, age))?.Limit : null;

    private static bool Fits(AgeLimit limit, int? age) =>
        (limit.From is null && limit.Below is null) || (age is { } years && !(years < limit.From) && !(years >= limit.Below));
}

/// <summary>The default limits in use; a reload of the mappings swaps them whole. Safe for many threads.</summary>
public sealed class VitalLimitCatalog(VitalLimitRules rules)
{
    private volatile VitalLimitRules _current = rules;

    public VitalLimitRules Current => _current;

    public void Swap(VitalLimitRules rules) => _current = rules;
}
