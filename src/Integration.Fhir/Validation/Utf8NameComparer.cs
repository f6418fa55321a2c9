using System.Diagnostics.CodeAnalysis;

namespace Integration.Fhir.Validation;

/// <summary>Lets a dictionary of JSON names be asked with UTF-8 bytes as they stand in the document.</summary>
public sealed class Utf8NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8NameComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // FNV-1a over at most the first 16 bytes: names are short, and the set of keys is fixed, so a long foreign name costs no more.
        var hash = 2166136261u ^ (uint)alternate.Length;
        for (var i = 0; i < alternate.Length && i < 16; i++)
        {
            hash = (hash ^ alternate[i]) * 16777619u;
        }

        return (int)hash;
    }
}
