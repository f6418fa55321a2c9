using System.Globalization;
using System.Text;
using Integration.Core.Events;

namespace Integration.Tests.Events;

/// <summary>The catalogue in docs/events.md is made from the one in the code. <c>UPDATE_GOLDENS=1</c> writes it anew.</summary>
public sealed class EventsDocumentTests
{
    private const string Begin = "<!-- catalogue: made by EventsDocumentTests -->";
    private const string End = "<!-- end of catalogue -->";

    private static readonly string FilePath = Path.Combine(RepositoryRoot.Path, "docs", "events.md");

    [Fact]
    public async Task Document_Catalogue_IsTheOneOfTheCode()
    {
        var text = await File.ReadAllTextAsync(FilePath);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var expected = Render();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            await File.WriteAllTextAsync(FilePath, text[..begin] + expected + text[end..]);
            return;
        }

        Assert.True(text[begin..end] == expected, "docs/events.md is not what the catalogue says. Run this test with UPDATE_GOLDENS=1 and look at the difference.");
    }

    private static string Render()
    {
        var text = new StringBuilder("\n\n");
        foreach (var type in EventCatalog.All)
        {
            Line(text, $"### {type.Name}");
            Line(text, "");
            Line(text, $"{type.Title} · {type.ChineseTitle}. Version {type.SchemaVersion}, subject `{type.Subject}`.");
            Line(text, "");
            if (type.Data.Count == 0)
            {
                continue;
            }

            Line(text, "| data | type | category | what |");
            Line(text, "|---|---|---|---|");
            foreach (var property in type.Data)
            {
                Line(text, $"| `{property.Name}`{(property.IsRequired ? " (always)" : "")} | {NameOf(property.Kind)} | {EventSchema.NameOf(property.Category)} | {property.Title} |");
            }

            Line(text, "");
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string line) => text.Append(CultureInfo.InvariantCulture, $"{line}\n");

    private static string NameOf(EventValueKind kind) => kind switch
    {
        EventValueKind.Text => "text",
        EventValueKind.Time => "FHIR dateTime",
        EventValueKind.Number => "number",
        EventValueKind.Integer => "whole number",
        EventValueKind.Flag => "true or false",
        EventValueKind.TextList => "texts",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };
}
