using System.Text;
using System.Text.RegularExpressions;
using Integration.Fhir;
using Integration.Fhir.Validation;

namespace Integration.Tests.Fhir;

/// <summary>The tests written by hand give the answers of the specification's patterns, except where the text of the specification says more.</summary>
public sealed class PrimitiveFormatTests
{
    [Theory]
    [InlineData("date", "2024-02-29", true)]
    [InlineData("date", "2023-02-29", false)]
    [InlineData("date", "0000", false)]
    [InlineData("date", "2023-1", false)]
    [InlineData("date", "2023-01-01T00:00:00Z", false)]
    [InlineData("dateTime", "2023", true)]
    [InlineData("dateTime", "2023-01-01T23:59:60.123456789+14:00", true)]
    [InlineData("dateTime", "2023-01-01T24:00:00Z", false)]
    [InlineData("dateTime", "2023-01-01T10:00:00", false)]
    [InlineData("dateTime", "2023-01-01T10:00:00+14:30", false)]
    [InlineData("instant", "2023-01-01", false)]
    [InlineData("instant", "2023-01-01T10:00:00.Z", false)]
    [InlineData("time", "10:00", false)]
    [InlineData("time", "10:00:00Z", false)]
    [InlineData("integer", "-2147483648", true)]
    [InlineData("integer", "2147483648", false)]
    [InlineData("integer", "1.0", false)]
    [InlineData("integer", "1e2", false)]
    [InlineData("unsignedInt", "0", true)]
    [InlineData("unsignedInt", "-0", false)]
    [InlineData("positiveInt", "0", false)]
    [InlineData("oid", "urn:oid:2.16.156.10011", true)]
    [InlineData("oid", "urn:oid:3.1", false)]
    [InlineData("oid", "urn:oid:1.02", false)]
    [InlineData("oid", "urn:oid:1", false)]
    [InlineData("oid", "urn:oid:1.", false)]
    [InlineData("uuid", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", true)]
    [InlineData("uuid", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520", false)]
    [InlineData("code", "in progress", true)]
    [InlineData("code", "in  progress", false)]
    [InlineData("code", " final", false)]
    [InlineData("code", "final ", false)]
    [InlineData("id", "A-1.b", true)]
    [InlineData("id", "a/b", false)]
    [InlineData("base64Binary", "YWJj ZGVm\r\nZw==", true)]
    [InlineData("base64Binary", "YW=j", false)]
    [InlineData("base64Binary", "YWJ", false)]
    [InlineData("base64Binary", "Y===", false)]
    [InlineData("base64Binary", "YQ==YQ==", false)]
    [InlineData("base64Binary", "YW Jj", false)]
    [InlineData("xhtml", "<p>no</p>", false)]
    public void Matches_Text_AnswersAsTheSpecification(string type, string text, bool expected)
    {
        Assert.Equal(expected, PrimitiveFormat.Of(type).Matches(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Matches_IdLongerThan64_IsRefused()
    {
        Assert.True(PrimitiveFormat.IsId(new byte[64].Select(_ => (byte)'a').ToArray()));
        Assert.False(PrimitiveFormat.IsId(new byte[65].Select(_ => (byte)'a').ToArray()));
    }

    [Fact]
    public void Matches_StringLongerThanOneMebibyte_IsRefused()
    {
        Assert.True(PrimitiveFormat.Of("string").Matches(Encoding.UTF8.GetBytes(new string('好', PrimitiveFormat.MaxStringLength))));
        Assert.False(PrimitiveFormat.Of("string").Matches(Encoding.UTF8.GetBytes(new string('a', PrimitiveFormat.MaxStringLength + 1))));
    }

    [Fact]
    public void Of_EveryPrimitiveOfR4_HasAFormat()
    {
        var primitives = FhirSchema.TypeNames.Where(n => FhirSchema.Find(n)!.Kind == FhirTypeKind.Primitive);

        Assert.All(primitives, name => Assert.NotNull(PrimitiveFormat.Of(name)));
    }

    /// <summary>Seeded. What matches by hand must match the pattern; the reverse holds but for calendar days, number ranges and base64 padding.</summary>
    [Theory]
    [InlineData("date", "2024-02-29")]
    [InlineData("dateTime", "2024-12-31T23:59:58.5+08:00")]
    [InlineData("instant", "2024-12-31T23:59:58Z")]
    [InlineData("time", "12:34:56.789")]
    [InlineData("id", "aZ0-.")]
    [InlineData("code", "a bc d")]
    [InlineData("oid", "urn:oid:1.2.30")]
    [InlineData("uuid", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520")]
    [InlineData("uri", "urn:a:b")]
    [InlineData("base64Binary", "YWJj ZGVm ZGVmYQ==")]
    public void Matches_MutatedText_AgreesWithThePattern(string type, string seedText)
    {
        const int Rounds = 5_000;
        var random = new Random(4711);
        var pattern = new Regex($"^(?:{FhirSchema.Find(type)!.Pattern})\\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript);
        var format = PrimitiveFormat.Of(type);
        var matched = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // Empty text is refused before any format is asked.
            var text = Mutate(random, seedText);
            if (text.Length == 0)
            {
                continue;
            }

            var byHand = format.Matches(Encoding.UTF8.GetBytes(text));
            var byPattern = pattern.IsMatch(text);
            matched += byHand ? 1 : 0;

            if (byHand != byPattern && !(byPattern && SaysMore(type, text)))
            {
                Assert.Fail($"'{text}': by hand {byHand}, by pattern {byPattern}.");
            }
        }

        Assert.InRange(matched, 100, Rounds);
    }

    private static bool SaysMore(string type, string text) => type switch
    {
        "date" or "dateTime" or "instant" => text.Length >= 10 && !DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", out _),
        "base64Binary" => text.Contains('='),
        _ => false,
    };

    private static string Mutate(Random random, string text)
    {
        const string Alphabet = "0123456789-:.TZ+ aAf=/";
        var result = new StringBuilder(text);
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(result.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    result.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                    break;
                case 1:
                    result.Length = at;
                    break;
                case 2 when at < result.Length:
                    result.Remove(at, 1);
                    break;
                default:
                    result[Math.Max(0, Math.Min(at, result.Length) - 1)] = Alphabet[random.Next(Alphabet.Length)];
                    break;
            }

            if (result.Length == 0)
            {
                break;
            }
        }

        return result.ToString();
    }
}
