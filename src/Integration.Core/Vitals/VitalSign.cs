namespace Integration.Core.Vitals;

/// <summary>Something that is measured again and again of one person, and how the record keeps it.</summary>
/// <param name="Name">Short name, as devices and limits say it: <c>heart-rate</c>.</param>
/// <param name="Loinc">Its LOINC code.</param>
/// <param name="Title">Display of that code in English.</param>
/// <param name="ChineseTitle">The same in Chinese.</param>
/// <param name="Unit">UCUM code of the unit that the record keeps it in.</param>
/// <param name="ShownUnit">The same as people write it.</param>
/// <param name="Decimals">Digits behind the point that a converted value keeps.</param>
/// <param name="Aliases">Other names and LOINC codes of it, small letters.</param>
public sealed record VitalSign(string Name, string Loinc, string Title, string ChineseTitle, string Unit, string ShownUnit, int Decimals, params IReadOnlyList<string> Aliases)
{
    /// <summary>Grams of a mole, for what is measured by mass or by amount; null for everything else.</summary>
    public decimal? MolarMass { get; init; }

    /// <summary>Category of HL7 terminology <c>observation-category</c>.</summary>
    public string Category { get; init; } = "vital-signs";
}
