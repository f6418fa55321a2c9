using System.Globalization;
using Integration.Core.Vitals;

namespace Integration.Tests.Devices;

public sealed class VitalUnitsTests
{
    [Theory]
    [InlineData("systolic", "25", "kPa", "187.5", "mm[Hg]")]
    [InlineData("8480-6", "16.0", "kPa", "120.0", "mm[Hg]")]
    [InlineData("temp", "98.6", "[degF]", "37.0", "Cel")]
    [InlineData("体温", "102.2", "°F", "39.0", "Cel")]
    [InlineData("temp", "310.15", "K", "37.0", "Cel")]
    [InlineData("glucose", "126", "mg/dL", "7.0", "mmol/L")]
    [InlineData("2339-0", "180.156", "MG/DL", "10.0", "mmol/L")]
    [InlineData("cholesterol", "200", "mg/dL", "5.17", "mmol/L")]
    [InlineData("triglycerides", "150", "mg/dL", "1.69", "mmol/L")]
    [InlineData("creatinine", "1.0", "mg/dL", "88", "umol/L")]
    [InlineData("creatinine", "0.1", "mmol/L", "100", "umol/L")]
    [InlineData("weight", "154", "[lb_av]", "69.85", "kg")]
    [InlineData("weight", "70000", "g", "70.00", "kg")]
    [InlineData("height", "1.75", "m", "175.0", "cm")]
    [InlineData("hr", "1.2", "/s", "72", "/min")]
    public void Normalise_OtherUnit_IsConverted(string code, string value, string unit, string expected, string expectedUnit)
    {
        var normal = VitalUnits.Normalise(VitalSigns.Find(code)!, decimal.Parse(value, CultureInfo.InvariantCulture), unit);

        Assert.Equal((expected, expectedUnit, UnitOutcome.Converted), (normal.Value.ToString(CultureInfo.InvariantCulture), normal.Unit, normal.Outcome));
    }

    [Theory]
    [InlineData("hr", "72", "bpm", "/min", UnitOutcome.Kept)]
    [InlineData("hr", "72.50", "次/分", "/min", UnitOutcome.Kept)]
    [InlineData("temp", "37.12", "", "Cel", UnitOutcome.Kept)]
    [InlineData("systolic", "120", "mmHg", "mm[Hg]", UnitOutcome.Kept)]
    [InlineData("hr", "72", "kPa", "kPa", UnitOutcome.Impossible)]
    [InlineData("hr", "72", "mg/dL", "mg/dL", UnitOutcome.Impossible)]
    [InlineData("systolic", "120", "furlong", "furlong", UnitOutcome.Unknown)]
    public void Normalise_UsualOrUselessUnit_KeepsTheValueDigitByDigit(string code, string value, string unit, string expectedUnit, UnitOutcome outcome)
    {
        var normal = VitalUnits.Normalise(VitalSigns.Find(code)!, decimal.Parse(value, CultureInfo.InvariantCulture), unit);

        Assert.Equal((value, expectedUnit, outcome), (normal.Value.ToString(CultureInfo.InvariantCulture), normal.Unit, normal.Outcome));
    }

    [Fact]
    public void EveryVitalSign_HasAUnitOfTheTable_AndNoNameOfAnother()
    {
        Assert.All(VitalSigns.All, sign => Assert.Equal(sign.Unit, VitalUnits.CodeOf(sign.Unit)));
        Assert.All(VitalSigns.All, sign => Assert.All(sign.Aliases.Append(sign.Name).Append(sign.Loinc), name => Assert.Same(sign, VitalSigns.Find(name))));
    }
}
