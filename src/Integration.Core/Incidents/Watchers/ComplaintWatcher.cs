using System.Text.Json.Nodes;
using Integration.Core.Events.Record;
using Integration.Core.Records;
using Integration.Core.Storage;
using static Integration.Core.Incidents.IncidentKind;

namespace Integration.Core.Incidents.Watchers;

/// <summary>Several complaints about one matter within days: more than each of them tells by itself.</summary>
/// <remarks>The matter is the code of <c>Task.reasonCode</c>. A complaint without one is in no cluster: what people write in free words is not compared, nor told.</remarks>
public sealed class ComplaintWatcher(IDocumentStore store, IncidentSettings settings) : IIncidentWatcher
{
    /// <summary>Complaints come by the day, and a look reads all of the last ones.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private DateTimeOffset? _looked;
    private IReadOnlyList<Observation> _seen = [];

    public IReadOnlyList<IncidentKind> Kinds { get; } = [ComplaintCluster];

    public async ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!settings.Usual.Watches(ComplaintCluster) || (now - _looked is { } since && since >= TimeSpan.Zero && since < LookEvery))
        {
            return _seen;
        }

        var within = settings.Usual.Times[ComplaintCluster];
        var query = new DocumentQuery(Collections.Resources)
        {
            Where =
            [
                new DocumentFilter.Equal(Collections.Resources.Field("type"), "Task"),
                new DocumentFilter.Range(Collections.Resources.Field("effective"), now - within, null),
            ],
            OrderBy = [new DocumentSort(Collections.Resources.Field("effective"))],
            Limit = 500,
        };
        var matters = new Dictionary<string, (string? Display, int Count)>(StringComparer.Ordinal);
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            var task = Collections.Resources.Read(stored);
            if (RecordStates.IsComplaint(task) && MatterOf(task.Resource) is var (code, display))
            {
                matters[code] = (display ?? matters.GetValueOrDefault(code).Display, matters.GetValueOrDefault(code).Count + 1);
            }
        }

        (_looked, _seen) = (now, [.. matters.Select(matter => Of(matter.Key, matter.Value.Display, matter.Value.Count, within))]);
        return _seen;
    }

    private Observation Of(string code, string? display, int count, TimeSpan within) => Observation.Of(
        count >= settings.ComplaintsAtLeast, ComplaintCluster, IncidentSubjects.OfComplaints(code), null, ("complaints", IncidentWords.Number(count)),
        ("matter", display ?? code), ("days", IncidentWords.Number(Math.Ceiling(within.TotalDays))));

    /// <summary>Code and display of what a complaint is about; null where it has no code, or was withdrawn.</summary>
    private static (string Code, string? Display)? MatterOf(JsonObject task) =>
        task["status"].Text() is not ("cancelled" or "rejected" or "entered-in-error" or "draft") && task.Text("reasonCode", "coding", "code") is { Length: > 0 } code
            ? (code, task.Text("reasonCode", "coding", "display"))
            : null;
}
