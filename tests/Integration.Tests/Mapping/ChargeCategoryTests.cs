using System.Text.Json.Nodes;

namespace Integration.Tests.Mapping;

/// <summary>A bill splits by the categories of the medical insurance, refunds taken off, and its parts add up to it.</summary>
public sealed class ChargeCategoryTests
{
    [Fact]
    public void Bill_SplitsByCategory_AndTheSumsMatch()
    {
        var mapped = MappingSamples.Mapper.Map(
            MappingSamples.Parse(File.ReadAllBytes(Path.Combine(MappingSamples.GoldenFolder, "DFT_P03-bill-by-category.hl7"))), MappingSamples.Feed);

        var sums = mapped.Resources.Where(r => r.Type == "ChargeItem").GroupBy(r => Category(r.Json))
            .ToDictionary(group => group.Key, group => group.Sum(r => (decimal)r.Json["priceOverride"]!["value"]!));

        Assert.Equal(
            new Dictionary<string, decimal> { ["西药费"] = 31.60m, ["手术费"] = 120.00m, ["化验费"] = 0m, ["中药饮片费"] = 35.20m, ["陪护费"] = 0m }, sums);
        var bill = mapped.Resources.Single(r => r.Type == "Invoice").Json;
        Assert.Equal((decimal)bill["totalGross"]!["value"]!, sums.Values.Sum());
        Assert.All(mapped.Resources.Where(r => r.Type == "ChargeItem"), item => Assert.Equal(
            (string?)bill["identifier"]![0]!["value"], (string?)Extension(item.Json, "urn:hl7v2:FT1-3")!["valueIdentifier"]!["value"]));
    }

    /// <summary>The insurance's name of the category; a category that it does not have as sent.</summary>
    private static string Category(JsonObject item) => Extension(item, "urn:hl7v2:FT1-17")!["valueCodeableConcept"]! is var category && category["coding"] is { } coding
        ? (string)coding[0]!["display"]!
        : (string)category["text"]!;

    private static JsonNode? Extension(JsonObject json, string url) => json["extension"]!.AsArray().SingleOrDefault(e => (string?)e!["url"] == url);
}
