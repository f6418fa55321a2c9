using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Messaging.Templates;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Messaging.Sending;

/// <summary>Makes the message that an event asks for, out of templates and the record as it is now. Writes nothing. Safe for many threads.</summary>
public sealed class MessageComposer(IDocumentStore store, FollowUpStore followUps, FollowUpRuleCatalog rules, MessagingCatalog messaging)
{
    private const int MostMergesFollowed = 10;

    /// <summary>The message of a <c>followUp.due</c> event. What stands in its way is said in it, never thrown.</summary>
    /// <param name="gateway">Its channels are those that there are.</param>
    public async ValueTask<PatientMessage> ComposeAsync(EventDocument e, GatewayDefinition gateway, CancellationToken cancellationToken)
    {
        var workId = e.Subject[(e.Subject.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var (rule, template) = (e.Data.Text("rule") ?? "", e.Data.Text("template") ?? e.Data.Text("rule") ?? "");
        var category = e.Data.Text("category") ?? "service";
        var empty = new PatientMessage(e.Id, workId, e.PatientId ?? "", rule, template, category, messaging.Settings.Language, [], null);
        if (await followUps.GetAsync(workId, cancellationToken) is not var (work, _) || await PatientAsync(e.PatientId ?? "", cancellationToken) is not { } patient)
        {
            return empty with { Problem = "The work, or the patient, is not in the record any more." };
        }

        var person = await new RecordView(store, []).LatestAsync(patient.Id, "Patient", cancellationToken);
        var language = LanguageOf(person);
        var stories = await StoriesAsync(work, template, cancellationToken);
        var isMarketing = category == "marketing" || stories.Any(story => story.Template.Category == ContactCategory.Marketing);
        if (stories.Count == 0)
        {
            return empty with { Problem = $"There is no template '{template}'." };
        }

        var missing = new SortedSet<string>(StringComparer.Ordinal);
        var channels = new List<ChannelMessage>();
        foreach (var channel in e.Data["channels"] is JsonArray named ? named.Select(node => node.Text()).OfType<string>() : [])
        {
            channels.Add(Channel(channel, gateway, (patient, person), stories, language, isMarketing, missing));
        }

        var message = empty with { PatientId = patient.Id, Language = language, Category = isMarketing ? "marketing" : category, Channels = channels };
        return message.Sendable.Any() ? message : message with
        {
            Problem = missing.Count > 0 ? $"The record lacks what template '{template}' needs: {string.Join(", ", missing)}." : "The patient has no address on any channel.",
        };
    }

    /// <summary>What a template would say to a patient, with the newest appointment of the record in it.</summary>
    /// <param name="patientId">Golden record; one that was merged away stands for the one that stays.</param>
    /// <returns>Null: there is no such patient.</returns>
    public async ValueTask<IReadOnlyList<TemplatePreview>?> PreviewAsync(MessageTemplate template, string patientId, CancellationToken cancellationToken)
    {
        if (await PatientAsync(patientId, cancellationToken) is not { } patient)
        {
            return null;
        }

        var appointment = await new RecordView(store, []).LatestAsync(patient.Id, "Appointment", cancellationToken);
        return TemplatePreview.Of(
            template, messaging.Settings, language => new MessageValues(patient, null, appointment, messaging.Settings, messaging.Zone, language).Of);
    }

    /// <summary>What is told: the work's own template, and those of work that goes into the same message.</summary>
    private async ValueTask<List<(FollowUpDocument Work, MessageTemplate Template, JsonObject? Subject)>> StoriesAsync(FollowUpDocument work, string template, CancellationToken cancellationToken)
    {
        var bundled = (await followUps.OfPatientAsync(work.PatientId, cancellationToken)).Select(found => found.Work).Where(other => other.BundledInto == work.Id)
            .OrderBy(other => other.DueAt).ThenBy(other => other.Id, StringComparer.Ordinal);
        var stories = new List<(FollowUpDocument, MessageTemplate, JsonObject?)>();
        foreach (var told in bundled.Prepend(work))
        {
            var name = told.Id == work.Id ? template : rules.Current.Rules.All.GetValueOrDefault(told.Rule)?.Template ?? told.Rule;
            if (messaging.Current.Templates.TryGetValue(name, out var known))
            {
                stories.Add((told, known, await SubjectAsync(told, cancellationToken)));
            }
            else if (told.Id == work.Id)
            {
                return [];
            }
        }

        return stories;
    }

    private async ValueTask<JsonObject?> SubjectAsync(FollowUpDocument work, CancellationToken cancellationToken) =>
        work.Subject is not { } subject || GoldenPatient.IsReference(subject) ? null
        : await store.GetAsync(Collections.Resources, subject, withPayload: false, cancellationToken) is { } stored ? Collections.Resources.Read(stored).Resource : null;

    private ChannelMessage Channel(
        string channel, GatewayDefinition gateway, (PatientDocument Summary, JsonObject? Resource) patient, IReadOnlyList<(FollowUpDocument Work, MessageTemplate Template, JsonObject? Subject)> stories,
        string language, bool isMarketing, SortedSet<string> missing)
    {
        var skipped = new ChannelMessage(channel, null, "", null, new Dictionary<string, string>(), SkipReasons.NoChannel);
        if (!gateway.Channels.TryGetValue(channel, out var how))
        {
            return skipped;
        }

        if (AddressOf(patient.Summary, patient.Resource, how.Address) is not { } to)
        {
            return skipped with { Skipped = SkipReasons.NoAddress };
        }

        if (!stories[0].Template.Channels.TryGetValue(channel, out var own))
        {
            return skipped with { Skipped = SkipReasons.NoText };
        }

        var texts = new List<string>();
        var put = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (work, template, subject) in stories.Where(story => story.Template.Channels.ContainsKey(channel)))
        {
            var (spoken, text) = template.Channels[channel].In(language);
            var values = new MessageValues(patient.Summary, work, subject, messaging.Settings, messaging.Zone, spoken);
            var lacking = new List<string>();
            if (text.Render(values.Of, lacking) is { } rendered)
            {
                texts.Add(rendered);
                foreach (var name in text.Names.Where(name => values.Of(name) is not null))
                {
                    put.TryAdd(name, values.Of(name)!);
                }
            }
            else if (work.Id == stories[0].Work.Id)
            {
                missing.UnionWith(lacking);
                return skipped with { Skipped = SkipReasons.ValueMissing };
            }
        }

        var all = SignedOnce(texts);
        var closed = UnsubscribeLine.For(channel, isMarketing, language, messaging.Settings) is { } line ? UnsubscribeLine.Close(all, line) : all;
        return new ChannelMessage(channel, to, closed, own.Code, put, null)
        {
            Subject = channel != MessageChannels.Email ? null
                : SubjectOf(own, language, stories[0].Template, spoken => new MessageValues(patient.Summary, stories[0].Work, stories[0].Subject, messaging.Settings, messaging.Zone, spoken)),
        };
    }

    /// <summary>The texts one below the other; the hospital's 【name】, by which carriers know the sender, stands at the beginning alone.</summary>
    private static string SignedOnce(List<string> texts)
    {
        var sign = texts[0].StartsWith('【') && texts[0].IndexOf('】', StringComparison.Ordinal) is > 0 and var end ? texts[0][..(end + 1)] : null;
        return string.Join('\n', texts.Select((text, i) => i > 0 && sign is not null && text.StartsWith(sign, StringComparison.Ordinal) ? text[sign.Length..] : text));
    }

    /// <summary>The template's own subject; its title where it has none, or lacks a value for it.</summary>
    private static string SubjectOf(TemplateChannel own, string language, MessageTemplate template, Func<string, MessageValues> values)
    {
        var spoken = own.In(language).Language;
        return own.Subjects.TryGetValue(spoken, out var subject) && subject.Render(values(spoken).Of, []) is { Length: > 0 } text
            ? text
            : spoken == MessageLanguages.English ? template.Title.English : template.Title.Chinese;
    }

    private static string? AddressOf(PatientDocument patient, JsonObject? resource, GatewayAddress address) => address switch
    {
        GatewayAddress.Email => resource.Objects("telecom").Where(point => point.Text("system") == "email" && point.Text("use") != "old").Select(point => point.Text("value")?.Trim())
            .FirstOrDefault(value => !string.IsNullOrEmpty(value)),
        GatewayAddress.Mobile => patient.Demographics.Phones.Where(AddressKey.IsMobile).Select(AddressKey.Of).FirstOrDefault(),
        GatewayAddress.Phone => patient.Demographics.Phones.Select(AddressKey.Of).FirstOrDefault(key => key.Length > 0),
        GatewayAddress.Identifier identifier => patient.Identifiers.FirstOrDefault(known => known.System == identifier.System && known.Value.Length > 0)?.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(address), address.GetType().Name, "Unknown address."),
    };

    /// <summary>The patient's own language, where the record has it and templates know it.</summary>
    private string LanguageOf(JsonObject? resource)
    {
        var spoken = resource.Objects("communication").OrderByDescending(entry => entry.Text("preferred") == "true")
            .Select(entry => entry.Text("language", "coding", "code")?.Split('-', '_')[0].ToLowerInvariant()).FirstOrDefault(MessageLanguages.All.Contains);
        return spoken ?? messaging.Settings.Language;
    }

    private async ValueTask<PatientDocument?> PatientAsync(string id, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostMergesFollowed; i++)
        {
            if (await store.GetAsync(Collections.Patients, id, withPayload: false, cancellationToken) is not { } stored)
            {
                return null;
            }

            if (Collections.Patients.Read(stored) is var patient && patient.MergedInto is not { } into)
            {
                return patient;
            }
            else
            {
                id = into;
            }
        }

        return null;
    }
}
