using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Host.Console.Texts;

namespace Integration.Tests.Console;

public sealed partial class ConsoleTextTests
{
    [Fact]
    public void Texts_InBothLanguages_AreComplete() => Assert.All(AllTexts(), row =>
    {
        var (name, text) = row;
        Assert.True(!string.IsNullOrWhiteSpace(text.En), $"{name} has no English.");
        Assert.False(Han().IsMatch(text.En) && name != nameof(ConsoleTexts.NameHint), $"{name}: the English holds Chinese.");
        Assert.True(Han().IsMatch(text.Zh), $"{name}: the Chinese holds none.");
        Assert.Equal(Placeholders(text.En), Placeholders(text.Zh));
    });

    [Theory]
    [InlineData("en", "Feeds")]
    [InlineData("zh-CN", "接口")]
    [InlineData("zh", "接口")]
    public void ToString_Culture_DecidesTheLanguage(string culture, string expected)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);

            Assert.Equal(expected, ConsoleTexts.Feeds.ToString());
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void Words_CodesOfTheEngine_AllHaveOne()
    {
        Assert.Equal(Enum.GetValues<MessageState>().Order(), Words.MessageStates.Keys.Order());
        Assert.Equal(Enum.GetValues<FileState>().Order(), Words.FileStates.Keys.Order());
        Assert.Equal(Enum.GetValues<IssueSeverity>().Order(), Words.Severities.Keys.Order());
        Assert.All(ResourceSummary.Sections, section => Assert.Contains(section, Words.Sections));
        Assert.All(ResourceSummary.Sections, section => Assert.Contains(ResourceSummary.TypeOf(section), Words.ResourceTypes));
    }

    [Fact]
    public void Words_Stages_AreThoseOfThePipelineInItsOrder()
    {
        // Names are constants of the classes: none of what a stage is built from is needed to ask for one.
        var names = typeof(MessagePipeline).GetConstructors().Single().GetParameters().Select(p => p.ParameterType)
            .Where(t => t.IsAssignableTo(typeof(IMessageStage)))
            .Select(t => ((IMessageStage)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(t)).Name);

        Assert.Equal([.. names, "commit"], Words.Stages.Keys);
    }

    private static IEnumerable<(string Name, Text Text)> AllTexts() =>
        typeof(ConsoleTexts).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (f.Name, (Text)f.GetValue(null)!))
            .Concat(Tables().SelectMany(t => t.Words.Select(w => ($"{t.Table}.{w.Code}", w.Text))));

    private static IEnumerable<(string Table, IEnumerable<(string Code, Text Text)> Words)> Tables() =>
        typeof(Words).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (field.Name, field.GetValue(null) switch
        {
            System.Collections.IDictionary words => words.Keys.Cast<object>().Select(code => (code.ToString()!, (Text)words[code]!)),
            _ => throw new InvalidOperationException($"{field.Name} is no table of words."),
        }));

    private static List<string> Placeholders(string text) => [.. Placeholder().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Placeholder();
}
