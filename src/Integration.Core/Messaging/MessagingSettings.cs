using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Messaging;

/// <summary>Settings of section <c>Messaging</c>: what every message to a patient says the same. Null: not set, and a template that needs it cannot be sent.</summary>
/// <param name="Language"><c>zh</c> or <c>en</c>: the language of patients of whom the record says none.</param>
/// <param name="Unsubscribe">Last line of marketing in Chinese.</param>
/// <param name="UnsubscribeEnglish">The same in English.</param>
public sealed record MessagingSettings(
    string? Hospital, string? HospitalEnglish, string? HospitalPhone, string? Link, string Language, string Unsubscribe, string UnsubscribeEnglish)
{
    private static readonly string[] Keys = ["Hospital", "HospitalEnglish", "HospitalPhone", "Link", "Language", "Unsubscribe", "UnsubscribeEnglish"];

    public static MessagingSettings Usual { get; } = new(null, null, null, null, MessageLanguages.Chinese, "回T退订", "Reply T to opt out");

    /// <summary>Last line of marketing.</summary>
    public string UnsubscribeIn(string language) => language == MessageLanguages.English ? UnsubscribeEnglish : Unsubscribe;

    /// <summary>Name of the hospital; the one in the other language where it has none.</summary>
    public string? HospitalIn(string language) => language == MessageLanguages.English ? HospitalEnglish ?? Hospital : Hospital ?? HospitalEnglish;

    /// <summary>The settings; what cannot be used is added to the problems, and the usual value taken.</summary>
    public static MessagingSettings Read(IConfiguration configuration, List<ConfigurationProblem> problems)
    {
        var reader = new SettingsReader(configuration.GetSection("Messaging"));
        reader.CheckKeys("messages to patients", Keys);
        var settings = new MessagingSettings(
            reader.Text("Hospital"), reader.Text("HospitalEnglish"), reader.Text("HospitalPhone"), reader.Text("Link"),
            reader.Parsed("Language", text => MessageLanguages.All.Contains(text) ? text : null, "There is no such language.", "Use zh or en.") ?? Usual.Language,
            reader.Text("Unsubscribe") ?? Usual.Unsubscribe, reader.Text("UnsubscribeEnglish") ?? Usual.UnsubscribeEnglish);
        problems.AddRange(reader.Problems);
        return settings;
    }
}

/// <summary>Languages of templates.</summary>
public static class MessageLanguages
{
    public const string Chinese = "zh";
    public const string English = "en";

    /// <summary>Both.</summary>
    public static IReadOnlyList<string> All { get; } = [Chinese, English];
}
