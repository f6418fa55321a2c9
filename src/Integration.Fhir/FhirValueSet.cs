using System.Collections.Frozen;
using System.Text;

namespace Integration.Fhir;

/// <summary>The value set of a required binding. Immutable; safe for many threads.</summary>
public sealed class FhirValueSet
{
    /// <summary>Longer than any code of an enumerable value set of R4.</summary>
    private const int MaxCodeBytes = 128;

    private readonly FrozenSet<string>? _codes;

    internal FhirValueSet(string url, IReadOnlyDictionary<string, IReadOnlySet<string>> codesBySystem)
    {
        Url = url;
        CodesBySystem = codesBySystem;
        _codes = codesBySystem.Count == 0 ? null : codesBySystem.Values.SelectMany(codes => codes).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Canonical URL without a version.</summary>
    public string Url { get; }

    /// <summary>Codes by code system URL; empty when the value set is not enumerable.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> CodesBySystem { get; }

    /// <summary>All codes, whatever their system; null when the definitions do not list them (MIME types, UCUM units, currencies).</summary>
    public IReadOnlySet<string>? Codes => _codes;

    /// <summary>Whether the code is in the value set; true for any code when it is not enumerable.</summary>
    public bool Contains(string code) => Codes is null || Codes.Contains(code);

    /// <summary>Whether the code of that system is in the value set; true for any when it is not enumerable.</summary>
    public bool Contains(string system, string code) =>
        Codes is null || (CodesBySystem.TryGetValue(system, out var codes) && codes.Contains(code));

    internal bool ContainsUtf8(ReadOnlySpan<byte> code)
    {
        if (_codes is null)
        {
            return true;
        }

        if (code.Length > MaxCodeBytes)
        {
            return false;
        }

        Span<char> buffer = stackalloc char[MaxCodeBytes];
        var length = Encoding.UTF8.GetChars(code, buffer);
        return _codes.GetAlternateLookup<ReadOnlySpan<char>>().Contains(buffer[..length]);
    }
}
