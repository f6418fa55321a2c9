using System.Globalization;
using System.Text;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Sending;

namespace Integration.Tests.Messaging.Templates;

/// <summary>What every shipped template says with sample values, as <c>Golden/templates/shipped.txt</c> has it. <c>UPDATE_GOLDENS=1</c> writes it anew.</summary>
public sealed class TemplateGoldenTests
{
    private static readonly string Expected = Path.Combine(RepositoryRoot.Path, "tests", "Integration.Tests", "Golden", "templates", "shipped.txt");

    [Fact]
    public void Preview_ShippedTemplates_SayWhatTheGoldenSays()
    {
        var set = MessagingSet.Load(MappingFiles.Read(Path.Combine(RepositoryRoot.Path, "mappings"))).Set!;
        var text = new StringBuilder();
        foreach (var template in set.Templates.Values.OrderBy(template => template.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{template.Name} ({template.Category})\n");
            foreach (var item in TemplatePreview.OfSamples(template, MessagingSettings.Usual))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {item.Channel} {item.Language}{(item.Length is { } length ? $" {length.Encoding} {length.Units}/{length.Parts}" : "")}: {item.Text}\n");
            }
        }

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Expected)!);
            File.WriteAllText(Expected, text.ToString());
        }

        Assert.Equal(File.ReadAllText(Expected), text.ToString());
    }
}
