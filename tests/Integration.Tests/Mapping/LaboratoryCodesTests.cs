using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;

namespace Integration.Tests.Mapping;

/// <summary>Units to UCUM, and a site's own codes of tests and drugs beside the common ones.</summary>
public sealed class LaboratoryCodesTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("laboratory-codes-");

    [Theory]
    [InlineData("×10\\S\\9/L", "10*9/L")]
    [InlineData("10*9/L", "10*9/L")]
    [InlineData("x10\\S\\12/L", "10*12/L")]
    [InlineData("mmol/L", "mmol/L")]
    [InlineData("ｍｍｏｌ／Ｌ", "mmol/L")]
    [InlineData("mmol / L", "mmol/L")]
    [InlineData("g/L", "g/L")]
    [InlineData("U/L", "U/L")]
    [InlineData("μmol/L", "umol/L")]
    [InlineData("µmol/L", "umol/L")]
    [InlineData("umol/L", "umol/L")]
    [InlineData("‰", "[ppth]")]
    [InlineData("％", "%")]
    [InlineData("mmHg", "mm[Hg]")]
    [InlineData("次/分", "/min")]
    [InlineData("℃", "Cel")]
    [InlineData("kg/m²", "kg/m2")]
    [InlineData("mg/dL", "mg/dL")]
    public void Unit_OfALaboratory_HasItsUcumCodeBesideIt(string unit, string code)
    {
        var mapped = MappingSamples.Map(Result($"5.6|{unit}|3.9-6.1"));

        var observation = mapped.Resources.Single(r => r.Type == "Observation").Json;
        foreach (var quantity in new[] { observation["valueQuantity"]!, observation["referenceRange"]![0]!["low"]!, observation["referenceRange"]![0]!["high"]! })
        {
            Assert.Equal(unit.Replace("\\S\\", "^", StringComparison.Ordinal), (string?)quantity["unit"]);
            Assert.Equal(code, (string?)quantity["code"]);
            Assert.Equal("http://unitsofmeasure.org", (string?)quantity["system"]);
        }

        Assert.Empty(mapped.Issues);
        MappingRules.Check(mapped);
    }

    [Fact]
    public void Unit_NotListed_StaysTextAndIsToldOnce()
    {
        var mapped = MappingSamples.Map(Result("5.6|格令/斗|3.9-6.1"));

        var quantity = mapped.Resources.Single(r => r.Type == "Observation").Json["valueQuantity"]!;
        Assert.Equal("格令/斗", (string?)quantity["unit"]);
        Assert.Null(quantity["code"]);
        Assert.Null(quantity["system"]);
        var issue = Assert.Single(mapped.Issues);
        Assert.Equal((IntegrationErrorCode.CodeNotMapped, "OBX-6.1"), (issue.Code, issue.Place));
    }

    [Theory]
    [InlineData("<0.01", """{"value":0.01,"comparator":"\u003C","unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}""", "valueQuantity", "mmol/L")]
    [InlineData(">1000", """{"value":1000,"comparator":"\u003E","unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}""", "valueQuantity", "mmol/L")]
    [InlineData("1:128", """{"numerator":{"value":1},"denominator":{"value":128}}""", "valueRatio", "")]
    [InlineData("阴性(-)", "阴性(-)", "valueString", "")]
    [InlineData("3+", "3+", "valueString", "")]
    [InlineData("±", "±", "valueString", "")]
    public void Result_AsLaboratoriesWriteIt_KeepsItsForm(string result, string expected, string element, string unit)
    {
        var mapped = MappingSamples.Map(Result($"{result}|{unit}|男:130-175;女:115-150").Replace("|NM|", "|ST|", StringComparison.Ordinal));

        var observation = mapped.Resources.Single(r => r.Type == "Observation").Json;
        Assert.Equal(expected, observation[element] is JsonValue text ? (string?)text : observation[element]?.ToJsonString());
        Assert.Equal("男:130-175;女:115-150", (string?)observation["referenceRange"]![0]!["text"]);
        MappingRules.Check(mapped);
    }

    /// <summary>Senders that leave OBX-2 out mean what they write: a number with its unit is a quantity. A text keeps its unit beside it.</summary>
    [Theory]
    [InlineData("", "7.8", "valueQuantity")]
    [InlineData("", "<0.5", "valueQuantity")]
    [InlineData("", "3-5", "valueRange")]
    [InlineData("", "10086~10087", "valueString")]
    [InlineData("", "阴性", "valueString")]
    [InlineData("ST", "阴性", "valueString")]
    [InlineData("ST", "7.8", "valueQuantity")]
    [InlineData("NM", "溶血", "valueString")]
    [InlineData("NM", "7.8~7.9", "valueQuantity")]
    [InlineData("SN", "^7.8", "valueQuantity")]
    [InlineData("SN", ">^溶血", "valueString")]
    [InlineData("SN", "^3^-^x", "valueString")]
    [InlineData("FT", "溶血", "valueString")]
    [InlineData("VR", "3^5", "valueString")]
    public void Result_WithAUnit_NeverLosesIt(string type, string result, string element)
    {
        var mapped = MappingSamples.Map(Result($"{result}|mmol/L|").Replace("|NM|", $"|{type}|", StringComparison.Ordinal));

        var observation = mapped.Resources.Single(r => r.Type == "Observation").Json;
        var unit = element switch
        {
            "valueQuantity" => observation[element]!["unit"],
            "valueRange" => observation[element]!["low"]!["unit"],
            _ => observation["extension"]!.AsArray().Single(e => (string?)e!["url"] == "urn:hl7v2:OBX-6")!["valueCodeableConcept"]!["coding"]![0]!["code"],
        };
        Assert.Equal("mmol/L", (string?)unit);
        Assert.Equal(element == "valueString", observation["extension"] is not null);
        MappingRules.Check(mapped);
    }

    [Fact]
    public void Panel_OfFortyTests_HasTheirLoincCodesBesideTheLaboratorysOwn()
    {
        AddSite("LabTests.yaml");
        var panel = File.ReadLines(Sample("LabTests.yaml")).Where(line => line.StartsWith("  ", StringComparison.Ordinal))
            .Select(line => (Key: line.Trim().Split(": {")[0].Trim('\''), Loinc: line.Split("code: ")[1].Split(',')[0], Name: line.Split("display: ")[1].TrimEnd(' ', '}'))).ToList();
        Assert.Equal(40, panel.Select(test => test.Loinc).Distinct().Count());

        foreach (var (key, loinc, name) in panel)
        {
            var code = Map(Result("5.6|mmol/L|").Replace("GLU^葡萄糖", $"{key}^{name}", StringComparison.Ordinal)).Resources.Single(r => r.Type == "Observation").Json["code"]!;

            Assert.Equal([(null, key), ("http://loinc.org", loinc)], code["coding"]!.AsArray().Select(c => ((string?)c!["system"], (string?)c["code"])));
            Assert.Equal(name, (string?)code["text"]);
        }
    }

    /// <summary>No product can know what a laboratory's code means.</summary>
    [Fact]
    public void Test_WhereNoSiteSaysWhichItIs_HasItsOwnCodeOnly() =>
        Assert.Single(MappingSamples.Map(Result("5.6|mmol/L|")).Resources.Single(r => r.Type == "Observation").Json["code"]!["coding"]!.AsArray());

    [Fact]
    public void Drugs_OfTwoBrands_AreOneMedicine()
    {
        AddSite("DrugCodes.yaml");
        const string Charges = "MSH|^~\\&|HIS|EAST|||20260301||DFT^P03|1|P|2.4\nPID|1||9^^^HIS||李四\nFT1|1|F1||20260301||CG|86900123^阿莫西林胶囊甲厂|||1|15.80\nFT1|2|F2||20260301||CG|86900124^阿莫西林胶囊乙厂|||1|18.20";

        var national = Map(Charges).Resources.Where(r => r.Type == "ChargeItem")
            .Select(r => r.Json["code"]!["coding"]!.AsArray().Single(c => (string?)c!["system"] == "urn:nhsa:drug")!["code"]!.GetValue<string>());

        Assert.Equal(["XJ01CAA040E001", "XJ01CAA040E001"], national);
    }

    [Theory]
    [InlineData("20260331", "0301^心血管内科", "D301")]
    [InlineData("20260401", "0301^心脏中心", "D301")]
    [InlineData("20260401", "E31^心内科", "D301")]
    [InlineData("20260331", "0305^老年病科", "D305")]
    [InlineData("20260401", "0305^康复医学科", "D317")]
    public void Visit_OfADepartmentThatWasRenamedOrStandsInTwoBranches_CountsUnderOneCode(string day, string department, string expected)
    {
        AddSite("Departments.yaml");

        var visit = Map($"MSH|^~\\&|HIS|EAST|||{day}||ADT^A01|1|P|2.4\nEVN|A01|{day}\nPID|1||9^^^HIS||李四\nPV1|1|I||||||||{department}|||||||||V1");

        var codings = visit.Resources.Single(r => r.Type == "Encounter").Json["serviceType"]!["coding"]!.AsArray();
        Assert.Equal(department.Split('^')[0], (string?)codings[0]!["code"]);
        Assert.Equal(("urn:integration:department", expected), ((string?)codings[1]!["system"], (string?)codings[1]!["code"]));
        MappingRules.Check(visit);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private static string Result(string fields) =>
        $"MSH|^~\\&|LIS|EAST|||20260301||ORU^R01|1|P|2.4\nPID|1||9^^^HIS||李四\nOBR|1|P1|L1|BIO^生化|||20260301||||||||||||||||||F\nOBX|1|NM|GLU^葡萄糖||{fields}||||F";

    private static string Sample(string name) => Path.Combine(MappingSamples.Root, "samples", "mappings", "codesystems", name);

    private void AddSite(string name)
    {
        foreach (var path in Directory.EnumerateFiles(MappingSamples.MappingsFolder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_root.FullName, Path.GetRelativePath(MappingSamples.MappingsFolder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        var target = Path.Combine(_root.FullName, "sites", "his", "codesystems", name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(Sample(name), target);
    }

    private IMapper? _site;

    private MappingResult Map(string message)
    {
        if (_site is null)
        {
            var loaded = MappingLoader.Load(_root.FullName);
            Assert.Equal([], loaded.Problems.Select(p => p.ToString()));
            _site = loaded.Mapper!;
        }

        return _site.Map(MappingSamples.Parse(message), MappingSamples.Feed);
    }
}
