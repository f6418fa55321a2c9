using System.Globalization;
using Integration.Core.Records;

namespace Integration.Core.Identity;

/// <summary>Whether what is known of two people forbids that they are one. Unknown never forbids.</summary>
internal static class DemographicAgreement
{
    public static bool Contradict(MatchDemographics a, MatchDemographics b) =>
        DatesDiffer(a.BirthDate, b.BirthDate) || SexesDiffer(a.Sex, b.Sex) || NamesDiffer(a.Name, b.Name);

    /// <summary>Birth date and sex as the resident id states them (GB 11643-1999 §4), against what the source says.</summary>
    public static bool ContradictsResidentId(MatchDemographics demographics, string residentId) =>
        DatesDiffer(demographics.BirthDate, ResidentId.BirthDate(residentId)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) || SexesDiffer(demographics.Sex, ResidentId.Sex(residentId));

    // Compared at the coarser precision of the two.
    private static bool DatesDiffer(string? a, string? b) =>
        a is not null && b is not null && string.CompareOrdinal(a, 0, b, 0, Math.Min(Math.Min(a.Length, b.Length), 10)) != 0;

    private static bool SexesDiffer(string? a, string? b) => a is "male" or "female" && b is "male" or "female" && a != b;

    // A pinyin spelling beside a Chinese name says nothing; two different Chinese names do.
    private static bool NamesDiffer(string? a, string? b) =>
        a is not null && b is not null && IsChinese(a) && IsChinese(b) && SearchKeys.FoldName(a) != SearchKeys.FoldName(b);

    private static bool IsChinese(string name) => name.Any(c => c >= 0x2E80);
}
