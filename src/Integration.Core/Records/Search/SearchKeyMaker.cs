using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>What resources are found by in the search index: for each value of an indexed parameter one short key.</summary>
/// <remarks>
/// A key is 64 bits of SHA-256 over type, parameter and value as base64url, so that it takes 11 bytes whatever the value; names, which are searched by
/// their beginning, follow the key of their parameter in clear. Two values may share a key: who finds a candidate looks at the resource itself.
/// Left out is what the patient's own index serves (references to the patient), what leaves too many to be of help (gender, active), and what is
/// another name of an indexed parameter (combo-code).
/// </remarks>
internal static class SearchKeyMaker
{
    private const int NameLength = 24;
    private const int HashBytes = 8;

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal) { "name", "family", "given", "title" };

    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        "_id", "_security", "gender", "active", "language", "address-use", "data-absent-reason", "deceased", "intent", "priority", "experimental",
    };

    /// <summary>Which parameters are indexed and how; another text means that keys of before are not those of now.</summary>
    public static string Definition { get; } = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(
        "2 " + string.Join(' ', FhirSearchParameters.All.Where(IsIndexed).Select(p => p.Id)))).AsSpan(0, HashBytes));

    /// <summary>The indexed parameters of a resource type.</summary>
    public static IReadOnlyList<FhirSearchParameter> ParametersOf(string type) => [.. FhirSearchParameters.For(type).Where(IsIndexed)];

    /// <summary>Keys of a resource's values, each once.</summary>
    public static IReadOnlyList<string> Of(string type, IEnumerable<FhirSearchValue> values) =>
        [.. values.SelectMany(value => Of(type, value)).Distinct(StringComparer.Ordinal)];

    /// <summary>How the index finds what meets a criterion: candidates are all that have one of these keys, or begin with the one; null: it does not help.</summary>
    public static (IReadOnlyList<string> Keys, bool IsPrefix)? Of(string type, FhirSearchCriterion criterion)
    {
        if (!IsIndexed(criterion.Parameter) || criterion.Modifier is not (FhirSearchModifier.None or FhirSearchModifier.Exact or FhirSearchModifier.Identifier))
        {
            return null;
        }

        var code = criterion.Parameter.Code;
        var keys = new List<string>();
        foreach (var operand in criterion.Operands)
        {
            switch (operand)
            {
                case TokenOperand { Code: { } token }:
                    keys.Add(Hash(type, code, criterion.Modifier == FhirSearchModifier.Identifier ? "#" + token : token));
                    break;
                case ReferenceOperand { Id: { } id } reference:
                    var types = reference.Type is { } one ? [one] : criterion.Parameter.Targets;
                    if (types.Contains("Patient"))
                    {
                        return null;
                    }

                    keys.AddRange(types.Select(target => Hash(type, code, $"{target}/{id}")));
                    break;
                case ReferenceOperand { Url: { } url }:
                    keys.Add(Hash(type, code, WithoutVersion(url)));
                    break;
                case ReferenceSetOperand set when set.References.All(r => !r.StartsWith("Patient/", StringComparison.Ordinal)):
                    keys.AddRange(set.References.Select(reference => Hash(type, code, reference)));
                    break;
                case UriOperand uri:
                    keys.Add(Hash(type, code, uri.Uri));
                    break;
                case StringOperand text when criterion.Operands.Count == 1 && criterion.Modifier == FhirSearchModifier.None:
                    return ([Hash(type, code, "") + Cut(text.Text)], true);
                case DateOperand { Prefix: SearchPrefix.Eq } date when DayOf(date.Start, date.End) is { } day:
                    keys.Add(Hash(type, code, day));
                    break;
                default:
                    return null;
            }
        }

        return (keys, false);
    }

    private static bool IsIndexed(FhirSearchParameter parameter) => parameter.Expression is not null && !Left.Contains(parameter.Code) && parameter.Type switch
    {
        FhirSearchType.Token or FhirSearchType.Reference or FhirSearchType.Uri => !parameter.Code.StartsWith("combo-", StringComparison.Ordinal) && parameter.Code != "_source",
        FhirSearchType.String => Names.Contains(parameter.Code),
        FhirSearchType.Date => parameter.Code == "birthdate",
        _ => false,
    };

    private static IEnumerable<string> Of(string type, FhirSearchValue value)
    {
        var code = value.Parameter.Code;
        switch (value)
        {
            case FhirTokenValue { Code: { } token }:
                yield return Hash(type, code, token);
                break;
            case FhirReferenceValue reference:
                if (reference is { Type: { } target and not "Patient", Id: { } id })
                {
                    yield return Hash(type, code, $"{target}/{id}");
                }
                else if (reference is { Id: null, Url: { } url })
                {
                    yield return Hash(type, code, WithoutVersion(url));
                }

                if (reference.IdentifierValue is { } identifier)
                {
                    yield return Hash(type, code, "#" + identifier);
                }

                break;
            case FhirUriValue uri:
                yield return Hash(type, code, uri.Uri);
                break;
            case FhirStringValue { Normalised.Length: > 0 } text:
                yield return Hash(type, code, "") + Cut(text.Normalised);
                break;
            case FhirDateValue { Start: { } start } date when DayOf(start, date.End) is { } day:
                yield return Hash(type, code, day);
                break;
        }
    }

    /// <summary>The instant that a day begins; null for what is longer or shorter than a day.</summary>
    private static string? DayOf(DateTimeOffset start, DateTimeOffset? end) =>
        end - start == TimeSpan.FromDays(1) ? start.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture) : null;

    // Not between the halves of a surrogate pair, which no text of a store may hold alone.
    private static string Cut(string text) =>
        text.Length <= NameLength ? text : text[..(char.IsHighSurrogate(text[NameLength - 1]) ? NameLength - 1 : NameLength)];

    private static string WithoutVersion(string canonical) => canonical.Split('|')[0];

    private static string Hash(string type, string code, string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{type}\n{code}\n{value}"), hash);
        return Base64Url.EncodeToString(hash[..HashBytes]);
    }
}
