using System.Buffers;
using System.Text;
using Integration.Fhir.Search.Criteria;

namespace Integration.Core.Records.Search;

/// <summary>
/// Tells by the stored text of a resource that it cannot match, so that it need not be read: a code that is asked for stands in every match, letter by
/// letter. Of a patient's few hundred observations a search by code reads a handful. Immutable.
/// </summary>
internal sealed class CodeFilter
{
    /// <summary>Parameters whose values stand in the resource as they are asked for; those of others may follow from something else (<c>deceased</c>).</summary>
    private static readonly HashSet<string> Verbatim = new(StringComparer.Ordinal) { "code", "category" };

    /// <summary>No writer of JSON escapes these.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>For each criterion the codes of which one must be there.</summary>
    private readonly byte[][][] _codes;

    private CodeFilter(byte[][][] codes) => _codes = codes;

    /// <returns>Null when no criterion asks for codes that can be looked for in this way.</returns>
    public static CodeFilter? Of(IEnumerable<FhirSearchCriterion> criteria)
    {
        byte[][][] codes = [.. criteria.Where(IsByCode).Select(c => c.Operands.Select(o => Encoding.ASCII.GetBytes(((TokenOperand)o).Code!)).ToArray())];
        return codes.Length == 0 ? null : new CodeFilter(codes);
    }

    /// <summary>False: the resource is no match. True: it may be one.</summary>
    /// <param name="json">The document as it is stored.</param>
    public bool MayMatch(ReadOnlySpan<byte> json)
    {
        foreach (var ofCriterion in _codes)
        {
            if (!HoldsAny(json, ofCriterion))
            {
                // Who sent it may have escaped what need not be; such a text says nothing here.
                return json.IndexOf("\\u"u8) >= 0;
            }
        }

        return true;
    }

    private static bool HoldsAny(ReadOnlySpan<byte> json, byte[][] codes)
    {
        foreach (var code in codes)
        {
            if (json.IndexOf(code) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsByCode(FhirSearchCriterion criterion) =>
        Verbatim.Contains(criterion.Parameter.Code) && criterion.Modifier == FhirSearchModifier.None && criterion.Operands.Count > 0
        && criterion.Operands.All(o => o is TokenOperand { Code: { Length: > 0 } code } && !code.AsSpan().ContainsAnyExcept(Plain));
}
