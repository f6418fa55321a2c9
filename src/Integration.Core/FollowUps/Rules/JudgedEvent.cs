using Integration.Core.Events;
using Integration.Core.Events.Record;
using Integration.Core.Records;

namespace Integration.Core.FollowUps.Rules;

/// <summary>An event that no change of the record is by itself: a rule says when it is one, so that its limits are data. Key <c>raises</c> of a rule.</summary>
public sealed class JudgedEvent
{
    private readonly RecordEventType _row;

    private JudgedEvent(RecordEventType row, bool whenDue) => (_row, WhenDue) = (row, whenDue);

    /// <summary>Every one there is.</summary>
    public static IReadOnlyList<JudgedEvent> All { get; } =
    [
        new(RecordEventTypes.CheckupFindingA, whenDue: false),
        new(RecordEventTypes.CheckupFindingB, whenDue: false),
        new(RecordEventTypes.MedicationRunningOut, whenDue: true),
    ];

    /// <summary>Type of the event, e.g. <c>checkup.findingA</c>.</summary>
    public string Name => _row.Type.Name;

    /// <summary>FHIR type of the resources that it is about.</summary>
    public string Resource => _row.Resource!;

    /// <summary>It happens when the work is due; false: when the rule hits.</summary>
    public bool WhenDue { get; }

    /// <summary>The event of a resource: one for each, whatever rule, message or sweep says it again.</summary>
    /// <param name="time">When it happened (UTC).</param>
    /// <param name="cause">Id of the message or work that brought it.</param>
    internal EventDocument Of(FollowUpRule rule, ResourceDocument subject, DateTimeOffset time, string cause)
    {
        var data = _row.DataOf(new RecordChange(null, subject));
        data["rule"] = rule.Name;
        return new EventDocument
        {
            Id = EventDocument.IdOf(Name, "", subject.Id),
            Type = Name,
            SchemaVersion = _row.Type.SchemaVersion,
            Subject = subject.Id,
            PatientId = subject.PatientId,
            Time = time.ToUniversalTime(),
            Cause = cause,
            Data = data,
        };
    }
}
