using System.Security.Cryptography;
using System.Text;

namespace Integration.Core.Identity;

/// <summary>Ids of golden records.</summary>
internal static class GoldenRecord
{
    private const int IdBytes = 12;   // 96 bits: no collision among a billion people

    /// <summary>
    /// The id of the golden record that this identity founds when nobody else claims it: the same after every replay or rebuild.
    /// </summary>
    /// <param name="identityKey"><c>authority|value</c>.</param>
    public static string IdFoundedBy(string identityKey) =>
        "p" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identityKey)).AsSpan(0, IdBytes));

    /// <summary>Key of the review of two golden records, the same whichever comes first.</summary>
    public static string PairId(string a, string b) => string.CompareOrdinal(a, b) < 0 ? $"{a}~{b}" : $"{b}~{a}";
}
