using System.Text;
using Integration.Adapters.Fhir;
using Integration.Adapters.Fhir.Parsing;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Fhir;
using Integration.Core.Parsing;

namespace Integration.Tests.FhirAdapter;

/// <summary>Whatever bytes come, reading and mapping give a result and never throw.</summary>
public sealed class FhirParserFuzzTests
{
    private const int Rounds = 3000;
    private const int Seed = 20261122;

    private static readonly string[] Pieces =
        ["null", "[]", "{}", "1", "\"x\"", "true", "{\"reference\":\"Patient/1\"}", "{\"reference\":\"urn:uuid:1\"}", "{\"reference\":null}", "[null]", "{\"reference\":\"Patient?identifier=a|b\"}", "\"Bundle\"", "-1e400"];

    [Fact]
    public void ParseAndMap_AnyBytes_NeverThrow()
    {
        var random = new Random(Seed);
        var parser = new FhirParser(feed => FhirValidationPolicy.Warn);
        var feed = new FeedContext("emr", FhirEngine.Authority, TimeZoneInfo.Utc);
        var samples = new[]
        {
            FhirEngine.Patient("p1", "M1", meta: """ "meta":{"versionId":"1","lastUpdated":"2026-03-01T00:00:00Z"},"link":[{"other":{"reference":"Patient/p2"},"type":"replaced-by"}], """),
            FhirEngine.Observation("o1", "Patient/p1"),
            $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{{{FhirEngine.Patient("p1", "M1")}}},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=a|b"}},
             {"resource":{{{FhirEngine.Observation("o1", "urn:uuid:1")}}},"request":{"method":"PUT","url":"Observation?identifier=a|b"}},{"request":{"method":"DELETE","url":"Observation/3"}}]}
            """,
        };
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutate(samples[random.Next(samples.Length)], random);

            FhirHeaderReader.MessageOf("emr", bytes, FhirEngine.Authority);
            parser.Display(bytes, "emr");
            if (parser.Parse(bytes, "emr").Document is IFhirDocument document)
            {
                var mapped = FhirMapping.Map(document, feed, "v");
                Assert.All(mapped.Resources.Where(r => !r.IsDeletion), resource => Assert.Equal(resource.Id, (string?)resource.Json["id"]));
                read++;
            }
        }

        Assert.InRange(read, Rounds / 10, Rounds);   // else the mutations only ever broke the JSON
    }

    private static byte[] Mutate(string text, Random random)
    {
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            // Mostly a value for another value, so that much of it stays JSON.
            var colon = text.IndexOf(':', random.Next(text.Length));
            if (colon < 0 || random.Next(4) == 0)
            {
                var at = random.Next(text.Length);
                text = random.Next(2) == 0 ? text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)) : text.Insert(at, ((char)random.Next(1, 0x300)).ToString());
            }
            else
            {
                var end = text.IndexOfAny([',', '}'], colon);
                text = end < 0 ? text : text[..(colon + 1)] + Pieces[random.Next(Pieces.Length)] + text[end..];
            }

            if (text.Length == 0)
            {
                break;
            }
        }

        return Encoding.UTF8.GetBytes(text);
    }
}
