using System.ComponentModel;
using System.Text.Json.Nodes;
using Integration.Core.DryRuns;
using Integration.Core.FollowUps.Work;
using Integration.Core.Mapping.Explain;

namespace Integration.Host.Api.Views;

/// <summary>What one message would become.</summary>
internal sealed record DryRunView(
    [property: Description("Whose settings and mappings were used.")] string Feed,
    [property: Description("What selects the message map, e.g. ADT_A01; null when the message cannot be read.")] string? Message,
    [property: Description("Version of the mappings; null when the message cannot be read.")] string? MappingVersion,
    [property: Description("Whether it would go to quarantine and change nothing.")] bool Refused,
    [property: Description("In mapping order. A JSON null in one says that the source clears the element.")] IReadOnlyList<DryRunResourceView> Resources,
    [property: Description("Fields with a value that no rule reads.")] IReadOnlyList<string> Unread,
    IReadOnlyList<UnmappedCode> UnmappedCodes,
    IReadOnlyList<IssueView> Issues,
    [property: Description("What would change; null when the record was not asked or the message would be refused.")] RecordPreviewView? Record)
{
    public static DryRunView Of(DryRunResult result, bool explain) =>
        Of(result.Explanation, explain) with { Issues = [.. result.Issues.Select(IssueView.Of)], Refused = result.Record is null, Record = RecordPreviewView.Of(result.Record) };

    public static DryRunView Of(MessageExplanation explanation, bool explain) => new(
        explanation.Feed, explanation.Document?.MappingKey, explanation.Mapping?.MappingVersion, explanation.IsRefused,
        [.. explanation.Resources.Select(resource => DryRunResourceView.Of(resource, explain))],
        explanation is { Document: { } document, Mapping: { } mapping } ? UnreadFields.Of(document, mapping.Unread) : [],
        explanation.Mapping?.UnmappedCodes ?? [], [.. explanation.Issues.Select(IssueView.Of)], null);
}

/// <summary>A resource made of the message.</summary>
internal sealed record DryRunResourceView(
    [property: Description("Type/id.")] string Reference,
    [property: Description("The segment map that made it.")] string Map,
    [property: Description("The segment it was made of, e.g. PV1[1].")] string Source,
    JsonObject Resource,
    [property: Description("Each value with the rules that wrote it and where it was read; null unless asked for.")] IReadOnlyList<ExplainedValueView>? Values)
{
    public static DryRunResourceView Of(ExplainedResource explained, bool explain) => new(
        $"{explained.Resource.Type}/{explained.Resource.Id}", explained.Resource.Rule, explained.Resource.Source, explained.Resource.Json,
        explain ? [.. explained.Values.Select(ExplainedValueView.Of)] : null);
}

/// <summary>One value of a resource.</summary>
internal sealed record ExplainedValueView(
    [property: Description("FHIRPath, e.g. Patient.name[0].family.")] string Path,
    [property: Description("A JSON primitive; null for an element that the source clears.")] JsonNode? Value,
    [property: Description("message, constant (stands in the mapping), reference (to another resource of the message) or cleared.")] ValueOrigin Origin,
    [property: Description("The innermost rule first: that of a datatype map, then that of the segment map that called it.")] IReadOnlyList<MappingRule> Rules,
    [property: Description("Where it was read.")] IReadOnlyList<SourcePlace> Sources,
    [property: Description("The code map it went through; null for none.")] string? CodeMap)
{
    public static ExplainedValueView Of(ExplainedValue value) => new(value.Path, value.Value?.DeepClone(), value.Origin, value.Rules, value.Sources, value.CodeMap);
}

/// <summary>What would become of the record.</summary>
internal sealed record RecordPreviewView(
    [property: Description("The record it would change; null for a new one and for reference data.")] string? PatientId,
    [property: Description("Staff, departments, prices: it belongs to no patient.")] bool IsReferenceData,
    [property: Description("Records that would join this one.")] IReadOnlyList<string> MergedPatientIds,
    IReadOnlyList<ResourcePreviewView> Changes,
    [property: Description("Events that would be raised, in that order.")] IReadOnlyList<EventPreviewView> Events,
    [property: Description("Due work that would be planned, moved or ended, soonest due first.")] IReadOnlyList<FollowUpPreviewView> FollowUps)
{
    public static RecordPreviewView? Of(RecordPreview? record) => record is null
        ? null
        : new RecordPreviewView(record.PatientId, record.IsAboutNobody, record.MergedPatientIds, [.. record.Changes.Select(ResourcePreviewView.Of)],
            [.. record.Events.Select(e => new EventPreviewView(e.Type, e.Subject, e.Time))], [.. record.FollowUps.Select(FollowUpPreviewView.Of)]);
}

/// <summary>An event that would be raised.</summary>
internal sealed record EventPreviewView(string Type, [property: Description("What it is about, as Type/id.")] string Subject, DateTimeOffset Time);

/// <summary>Due work that would be planned, moved or ended.</summary>
internal sealed record FollowUpPreviewView(
    string Rule,
    [property: Description("planned (there is none yet) or changed.")] string Action,
    [property: Description("As it would be.")] FollowUpState State,
    [property: Description("Why it would be in that state; null where the state says all.")] string? Reason,
    [property: Description("Resource that it is for, as Type/id; null for a day of the calendar.")] string? Subject,
    DateTimeOffset Due)
{
    public static FollowUpPreviewView Of(FollowUpPreview preview) => new(
        preview.Work.Rule, preview.IsNew ? "planned" : "changed", preview.Work.State, preview.Work.Reason, preview.Work.Subject, preview.Work.DueAt);
}

/// <summary>A resource that would change.</summary>
internal sealed record ResourcePreviewView(
    string Reference,
    [property: Description("created, updated, unchanged (only times), moved or older.")] string Action,
    [property: Description("Values that differ from the stored ones; all of them for a new resource.")] IReadOnlyList<ElementDifferenceView> Elements)
{
    public static ResourcePreviewView Of(ResourcePreview preview) => new(
        preview.Reference, preview.Action, [.. preview.Elements.Select(e => new ElementDifferenceView(e.Path, e.Before?.DeepClone(), e.After?.DeepClone()))]);
}

internal sealed record ElementDifferenceView(string Path, JsonNode? Before, JsonNode? After);
