using System.Text.Json.Nodes;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Reconciliation;

/// <summary>What is compared.</summary>
/// <param name="Section">One of <see cref="Reconciler.Sections"/>.</param>
/// <param name="From">Beginning of the period.</param>
/// <param name="Below">Its end, not part of it.</param>
/// <param name="System">Only identifiers of this system count, e.g. <c>urn:authority:HIS</c>; null: of any.</param>
public sealed record ReconciliationRequest(string Section, DateTimeOffset From, DateTimeOffset Below, string? System, SourceList Source);

/// <summary>
/// Compares, at the end of a day, the visits, bills or results that a source counts with those of the record: counts, sums, and every number that
/// one side has and the other has not. Safe for many threads.
/// </summary>
public sealed class Reconciler(IDocumentStore store, TimeProvider clock)
{
    /// <summary>A source and the record may file the same thing under days that meet at midnight.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromDays(1);

    private static readonly DocumentField Created = Collections.Reconciliations.Field("created");

    /// <summary>Where the amount of a resource stands, by section; the others are counted only.</summary>
    private static readonly Dictionary<string, string[]> AmountPaths = new(StringComparer.Ordinal)
    {
        ["charges"] = ["priceOverride", "value"],
        ["payments"] = ["paymentAmount", "value"],
    };

    /// <summary>Sections of the record that a source may be compared with.</summary>
    public static IReadOnlyList<string> Sections { get; } =
        ["encounters", "charges", "payments", "reports", "results", "orders", "appointments", "documents", "procedures", "dispenses"];

    /// <summary>Compares, and keeps the outcome.</summary>
    /// <param name="actor">Who asks.</param>
    public async ValueTask<ReconciliationDocument> RunAsync(ReconciliationRequest request, string actor, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(request, AmountPaths.GetValueOrDefault(request.Section));
        var query = new DocumentQuery(Collections.Resources)
        {
            Where =
            [
                new DocumentFilter.Equal(Collections.Resources.Field("type"), ResourceSummary.TypeOf(request.Section)),
                new DocumentFilter.Range(Collections.Resources.Field("effective"), request.From - Around, request.Below + Around),
            ],
            OrderBy = [new DocumentSort(Collections.Resources.Field("effective"))],
            Limit = 1000,
        };
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            comparison.Take(Collections.Resources.Read(stored));
        }

        var outcome = comparison.End(clock.GetUtcNow(), actor);
        var batch = new WriteBatch();
        batch.Add(Collections.Reconciliations.Put(outcome, expectedVersion: 0));
        await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        return outcome;
    }

    /// <summary>Null when there is none of that id.</summary>
    public async ValueTask<ReconciliationDocument?> GetAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Reconciliations, id, withPayload: false, cancellationToken) is { } stored ? Collections.Reconciliations.Read(stored) : null;

    /// <summary>Outcomes, newest first.</summary>
    /// <param name="limit">1 to 500.</param>
    public async ValueTask<(IReadOnlyList<ReconciliationDocument> Outcomes, string? Next)> ListAsync(int limit, string? after, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.Reconciliations) { OrderBy = [new DocumentSort(Created, Descending: true)], Limit = limit, After = after }, cancellationToken);
        return ([.. page.Documents.Select(Collections.Reconciliations.Read)], page.Next);
    }

    private sealed class Comparison(ReconciliationRequest request, string[]? amountPath)
    {
        private readonly Dictionary<string, decimal> _found = new(StringComparer.Ordinal);
        private readonly HashSet<string> _inPeriod = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _extra = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _cancelled = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _otherDay = new(StringComparer.Ordinal);
        private long _count;
        private decimal _sum;

        public void Take(ResourceDocument document)
        {
            var keys = document.Resource.Objects("identifier")
                .Where(i => request.System is null || i.Text("system") == request.System)
                .Select(i => i.Text("value")).OfType<string>().ToList();
            var isInPeriod = document.Effective >= request.From && document.Effective < request.Below;
            var isVoid = document.Resource.Text("status") is "entered-in-error" or "cancelled" or "revoked";
            var key = keys.Find(request.Source.Amounts.ContainsKey);
            if (key is null && (!isInPeriod || isVoid || (keys.Count == 0 && request.System is not null)))
            {
                return;
            }

            var name = key ?? keys.FirstOrDefault() ?? document.Id;
            var amount = isVoid ? 0 : AmountOf(document.Resource);
            if (isInPeriod && !isVoid)
            {
                _count += _inPeriod.Add(name) ? 1 : 0;
                _sum += amount;
            }

            if (key is null)
            {
                _extra.Add(name);
                return;
            }

            _found[key] = _found.GetValueOrDefault(key) + amount;
            (isVoid ? _cancelled : isInPeriod ? null : _otherDay)?.Add(key);
        }

        public ReconciliationDocument End(DateTimeOffset now, string actor)
        {
            // A number whose charge stands and whose refund was voided, or that has lines on two days, is there.
            _cancelled.ExceptWith(_inPeriod);
            _otherDay.ExceptWith(_inPeriod);
            _otherDay.ExceptWith(_cancelled);
            var source = request.Source.Amounts;
            var hasAmounts = amountPath is not null && source.Values.Any(amount => amount is not null);
            var missing = source.Keys.Where(key => !_found.ContainsKey(key)).Order(StringComparer.Ordinal).ToList();
            var amounts = !hasAmounts ? [] : source
                .Where(s => s.Value is not null && _found.ContainsKey(s.Key) && !_cancelled.Contains(s.Key) && _found[s.Key] != s.Value)
                .OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new DifferingAmount(s.Key, s.Value!.Value, _found[s.Key])).ToList();
            return new ReconciliationDocument(
                Guid.CreateVersion7(now).ToString("N"), now, actor, request.Section, request.From, request.Below, request.System,
                new ReconciledSide(source.Count, hasAmounts ? source.Values.Sum() : null), new ReconciledSide(_count, amountPath is null ? null : _sum))
            {
                Missing = Listed(missing),
                Extra = Listed(_extra),
                Cancelled = Listed(_cancelled),
                OtherDay = Listed(_otherDay),
                Amounts = new DifferingAmounts(amounts.Count, [.. amounts.Take(ReconciliationDocument.MaxListed)]),
            };
        }

        private static DifferingKeys Listed(IReadOnlyCollection<string> keys) => new(keys.Count, [.. keys.Take(ReconciliationDocument.MaxListed)]);

        private decimal AmountOf(JsonObject resource)
        {
            var node = (JsonNode?)resource;
            foreach (var name in amountPath ?? [])
            {
                node = (node as JsonObject)?[name];
            }

            return amountPath is not null && node is JsonValue value && value.TryGetValue<decimal>(out var amount) ? amount : 0;
        }
    }
}
