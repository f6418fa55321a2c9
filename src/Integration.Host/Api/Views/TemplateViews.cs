using System.ComponentModel;
using Integration.Core.Messaging.Sending;
using Integration.Core.Messaging.Templates;

namespace Integration.Host.Api.Views;

/// <summary>A template in use.</summary>
internal sealed record TemplateView(string Name, string Title, string TitleZh, [property: Description("service or marketing.")] string Category, IReadOnlyList<string> Channels)
{
    public static TemplateView Of(MessageTemplate template) =>
        new(template.Name, template.Title.English, template.Title.Chinese, template.Category.ToString().ToLowerInvariant(), [.. template.Channels.Keys]);
}

/// <summary>What a template says.</summary>
internal sealed record TemplatePreviewView(string Template, string Title, string TitleZh, string Category, IReadOnlyList<TemplatePreview> Items)
{
    public static TemplatePreviewView Of(MessageTemplate template, IReadOnlyList<TemplatePreview> items) =>
        new(template.Name, template.Title.English, template.Title.Chinese, template.Category.ToString().ToLowerInvariant(), items);
}

/// <summary>Whose values are put in.</summary>
internal sealed record TemplatePreviewRequest
{
    [Description("Golden record whose values are put in, with its newest appointment. Absent: sample values.")]
    public string? PatientId { get; init; }
}
