using System.Text;

namespace Integration.Core.Records;

/// <summary>Folds what people type and what sources send to the same search keys.</summary>
public static class SearchKeys
{
    /// <summary>Lower case, full-width letters made half-width (NFKC), without spaces and the middle dots of ethnic names.</summary>
    public static string FoldName(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormKC))
        {
            if (!char.IsWhiteSpace(c) && c is not ('·' or '•' or '‧' or '・'))
            {
                folded.Append(char.ToLowerInvariant(c));
            }
        }

        return folded.ToString();
    }

    /// <summary>ASCII digits only, without a leading 86 of a Chinese mobile number.</summary>
    public static string PhoneDigits(string phone)
    {
        var digits = string.Concat(phone.Normalize(NormalizationForm.FormKC).Where(char.IsAsciiDigit));
        return digits.Length == 13 && digits.StartsWith("861", StringComparison.Ordinal) ? digits[2..] : digits;
    }
}
