namespace Integration.Core.Identity;

/// <summary>Chinese resident identity number, 18 characters, GB 11643-1999.</summary>
public static class ResidentId
{
    public const string System = "urn:oid:2.16.156.10011.1.3";
    private static readonly int[] W = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    public static bool IsValid(string value)
    {
        if (value.Length != 18 || !value.AsSpan(0, 17).ContainsAnyInRange('0', '9') || value.AsSpan(0, 17).ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            sum += (value[i] - '0') * W[i];
        }

        return "10X98765432"[sum % 11] == char.ToUpperInvariant(value[17]);
    }

    public static string BirthDate(string value) => $"{value[6..10]}-{value[10..12]}-{value[12..14]}";

    public static string Sex(string value) => (value[16] - '0') % 2 == 1 ? "male" : "female";
}
