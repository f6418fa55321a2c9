using Integration.Core.Storage;

namespace Integration.Tests.Mapping;

/// <summary>The national editions of ICD stand side by side: what is counted by one is counted by the other.</summary>
public sealed class DiseaseCodesTests
{
    private const string Insurance = "urn:authority:CN:icd-10-insurance";
    private const string National = "urn:oid:2.16.156.10011.2.3.3.11";

    [Fact]
    public async Task When_hospitals_send_different_editions_Should_report_the_same_patients_under_either()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Diagnosis(1, "I63.900x003^脑梗死^国临版"));
        await engine.SendAsync(Diagnosis(2, "I63.900^脑梗死^医保版"));
        await engine.SendAsync(Diagnosis(3, "I10.x00x002^高血压^国家临床版"));
        await engine.SendAsync(Diagnosis(4, "I10.x00^高血压^ICD10YB"));

        var codes = await CodesByPatientAsync(engine);

        var byInsurance = PatientsBy(codes, Insurance);
        var byNational = PatientsBy(codes, National);
        Assert.Equal(["I10.x00", "I63.900"], byInsurance.Keys);
        Assert.Equal(["I10", "I63.9"], byNational.Keys);
        Assert.Equal(byInsurance.Values, byNational.Values);
        Assert.All(byInsurance.Values, patients => Assert.Equal(2, patients.Split(' ').Length));
    }

    [Theory]
    [InlineData("51.2300x001^腹腔镜胆囊切除^手术国临版", "clinical 51.2300x001, insurance 51.2300, icd-9-cm 51.23")]
    [InlineData("51.2300^腹腔镜下胆囊切除术^ICD9CM3YB", "insurance 51.2300, icd-9-cm 51.23")]
    [InlineData("99.9999^别的^手术国临版", "clinical 99.9999")]
    [InlineData("SS01^本院手术^HIS", "HIS SS01")]
    public void Procedure_OfAnEdition_HasItsCodesInTheOthersBesideIt(string code, string expected)
    {
        var mapped = MappingSamples.Map($"MSH|^~\\&|HIS|EAST|||20260301||ADT^A01|1|P|2.4\nPID|1||9^^^HIS||李四\nPV1|1|I|||||||||||||||||V1\nPR1|1||{code}||20260301");

        var codings = mapped.Resources.Single(r => r.Type == "Procedure").Json["code"]!["coding"]!.AsArray();

        Assert.Equal(expected, string.Join(", ", codings.Select(c => $"{((string)c!["system"]!).Split(':', '/')[^1].Replace("icd-9-cm-3-", "")} {c["code"]}")));
    }

    private static string Diagnosis(int number, string code) =>
        $"MSH|^~\\&|HIS|EAST|||20260301||ADT^A01|D{number}|P|2.4\rPID|1||D{number}^^^HIS||李{number}\rPV1|1|I|||||||||||||||||V{number}\rDG1|1||{code}||20260301|F\r";

    private static async Task<List<(string Patient, string System, string Code)>> CodesByPatientAsync(TestEngine engine)
    {
        var page = await engine.Store.QueryAsync(new DocumentQuery(Collections.Resources) { Limit = 200 }, CancellationToken.None);
        return
        [
            .. page.Documents.Select(Collections.Resources.Read).Where(r => r.Type == "Condition")
                .SelectMany(r => r.Resource["code"]!["coding"]!.AsArray().Select(c => (r.PatientId, (string)c!["system"]!, (string)c["code"]!))),
        ];
    }

    private static SortedDictionary<string, string> PatientsBy(IEnumerable<(string Patient, string System, string Code)> codes, string system) => new(
        codes.Where(c => c.System == system).GroupBy(c => c.Code)
            .ToDictionary(g => g.Key, g => string.Join(' ', g.Select(c => c.Patient).Distinct().Order(StringComparer.Ordinal))), StringComparer.Ordinal);
}
