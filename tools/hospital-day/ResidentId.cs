namespace Integration.HospitalDay;

/// <summary>Makes an 18-digit resident identity number of nobody in particular, with a correct check digit. GB 11643-1999 §5.</summary>
internal static class ResidentId
{
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <param name="born">yyyyMMdd.</param>
    /// <param name="serial">0 to 49; male numbers come out odd, female even.</param>
    public static string Make(string born, bool male, int serial)
    {
        var body = $"110101{born}{900 + (serial * 2) + (male ? 1 : 0)}";
        return body + CheckDigit(body);
    }

    /// <summary>The 18th character for the first 17.</summary>
    public static char CheckDigit(string body)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            sum += (body[i] - '0') * Weights[i];
        }

        return "10X98765432"[sum % 11];
    }
}
