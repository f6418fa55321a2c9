using Integration.Core.Diagnostics;
using Integration.Core.Pipeline;
using Integration.Core.Storage;
using Integration.Fhir;

namespace Integration.Tests.Conventions;

/// <summary>Rules of the house that a compiler does not know.</summary>
public sealed class ConventionTests
{
    [Fact]
    public void Core_ReferencesNoVendorPackage()
    {
        var foreign = typeof(MessagePipeline).Assembly.GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => !n.StartsWith("System", StringComparison.Ordinal) && !n.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal))
            .Except(["netstandard", "Integration.Fhir", "YamlDotNet"]);   // mapping files are YAML

        Assert.Empty(foreign);
    }

    [Fact]
    public void Fhir_ReferencesNothingOfOurs() =>
        Assert.DoesNotContain(typeof(FhirSchema).Assembly.GetReferencedAssemblies(), a => a.Name!.StartsWith("Integration", StringComparison.Ordinal));

    [Fact]
    public void EveryErrorCode_HasTitleAndRemedyInBothLanguages()
    {
        Assert.Equal(Enum.GetValues<IntegrationErrorCode>().Order(), IntegrationErrors.All.Keys.Order());
        Assert.All(IntegrationErrors.All.Values, t => Assert.All([t.Title, t.Remedy, t.TitleZh, t.RemedyZh], s => Assert.False(string.IsNullOrWhiteSpace(s))));
        Assert.All(IntegrationErrors.All.Values, t => Assert.Contains(t.TitleZh, c => c >= 0x2E80));
    }

    [Fact]
    public void EveryIndex_SaysWhichQueryItServes()
    {
        Assert.All(Collections.All.SelectMany(c => c.Indexes), i => Assert.False(string.IsNullOrWhiteSpace(i.Serves)));
        Assert.All(Collections.All, c => Assert.Equal(c.Indexes.Count, c.Indexes.Select(i => i.Name).Distinct().Count()));
    }
}
