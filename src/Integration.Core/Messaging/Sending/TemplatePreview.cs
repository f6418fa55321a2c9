using Integration.Core.FollowUps.Rules;
using Integration.Core.Messaging.Templates;

namespace Integration.Core.Messaging.Sending;

/// <summary>What a template would say on one channel in one language.</summary>
/// <param name="Text">Null when values are missing.</param>
/// <param name="Missing">Values that the text needs and the record does not have.</param>
/// <param name="Length">How it travels as short messages; null for other channels, and without a text.</param>
public sealed record TemplatePreview(string Channel, string Language, string? Text, IReadOnlyList<string> Missing, SmsLength? Length)
{
    /// <summary>With sample values in place of a patient's.</summary>
    public static IReadOnlyList<TemplatePreview> OfSamples(MessageTemplate template, MessagingSettings settings) =>
        Of(template, settings, language => name => Sample(name, language, settings));

    /// <param name="values">Values of a language.</param>
    internal static IReadOnlyList<TemplatePreview> Of(MessageTemplate template, MessagingSettings settings, Func<string, Func<string, string?>> values) =>
        [.. template.Channels.SelectMany(channel => channel.Value.Texts.Select(text => Of(channel.Key, text.Key, text.Value, values(text.Key), UnsubscribeLine.For(
            channel.Key, template.Category == ContactCategory.Marketing, text.Key, settings))))];

    private static TemplatePreview Of(string channel, string language, PlaceholderText text, Func<string, string?> value, string? closing)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        var rendered = text.Render(value, missing);
        rendered = rendered is not null && closing is not null ? UnsubscribeLine.Close(rendered, closing) : rendered;
        return new TemplatePreview(channel, language, rendered, [.. missing], rendered is not null && channel == MessageChannels.Sms ? SmsLength.Of(rendered) : null);
    }

    private static string? Sample(string name, string language, MessagingSettings settings) => (name, settings) switch
    {
        ("hospital", { Hospital: not null }) => settings.HospitalIn(language),
        ("hospitalPhone", { HospitalPhone: { } phone }) => phone,
        ("link", { Link: { } link }) => link,
        _ => TemplateVariables.Find(name) is { } variable ? language == MessageLanguages.English ? variable.EnglishSample : variable.Sample : null,
    };
}
