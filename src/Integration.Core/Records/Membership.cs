using System.Globalization;
using System.Text.Json.Nodes;

namespace Integration.Core.Records;

/// <summary>
/// A membership of a patient (会员账户): an Account whose type has the code <c>membership</c>. FHIR R4 has no elements for what it holds: points stand in the
/// extension <see cref="PointsUrl"/> (a number), money in <see cref="BalanceUrl"/> (Money). It ends with <c>servicePeriod</c>.
/// </summary>
internal static class Membership
{
    public const string PointsUrl = "urn:integration:member-points";
    public const string BalanceUrl = "urn:integration:member-balance";

    public static bool Is(ResourceDocument account) => account.Resource["type"].Objects("coding").Any(coding => coding["code"].Text() == "membership");

    /// <summary>Null: not said.</summary>
    public static JsonNode? Points(ResourceDocument? account) => Number(Extension(account, PointsUrl) is { } points ? points["valueDecimal"] ?? points["valueInteger"] : null);

    /// <summary>Null: not said.</summary>
    public static JsonNode? Balance(ResourceDocument? account) => Number(Extension(account, BalanceUrl)?["valueMoney"]?["value"]);

    /// <summary>It is new, or points, balance, term or state are other than before.</summary>
    public static bool Changed(RecordChange change) => Is(change.After) && (change.Before is not { } before
        || !JsonNode.DeepEquals(Points(before), Points(change.After)) || !JsonNode.DeepEquals(Balance(before), Balance(change.After))
        || !JsonNode.DeepEquals(before.Resource["servicePeriod"], change.After.Resource["servicePeriod"]) || before.Resource["status"].Text() != change.After.Resource["status"].Text());

    private static JsonObject? Extension(ResourceDocument? account, string url) => account?.Resource.Objects("extension").FirstOrDefault(extension => extension["url"].Text() == url);

    private static JsonValue? Number(JsonNode? number) =>
        decimal.TryParse(number.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? JsonValue.Create(value) : null;
}
