using System.Collections.Frozen;
using Integration.Core.FollowUps.Calendars;

namespace Integration.Core.FollowUps.Rules;

/// <summary>All rules of one moment, laid out by what wakes them, and the statutory days. Immutable.</summary>
public sealed class FollowUpRuleSet
{
    private readonly FrozenDictionary<string, IReadOnlyList<FollowUpRule>> _byTrigger;
    private readonly FrozenDictionary<string, IReadOnlyList<FollowUpRule>> _byStop;

    public FollowUpRuleSet(IReadOnlyList<FollowUpRule> rules, StatutoryDays days)
    {
        All = rules.ToFrozenDictionary(rule => rule.Name, StringComparer.Ordinal);
        Days = days;
        var active = rules.Where(rule => rule.Enabled).ToList();
        _byTrigger = ByEvent(active, rule => rule.On);
        _byStop = ByEvent(active, rule => rule.StopEvents.SelectMany(stop => stop.Events));
        OfCalendar = [.. active.Where(rule => rule.Calendar is not null).OrderBy(rule => rule.Name, StringComparer.Ordinal)];
    }

    public static FollowUpRuleSet Empty { get; } = new([], StatutoryDays.None);

    /// <summary>By name, those that are not enabled too.</summary>
    public IReadOnlyDictionary<string, FollowUpRule> All { get; }

    public StatutoryDays Days { get; }

    /// <summary>Enabled rules that wait for days, in ordinal order of name.</summary>
    public IReadOnlyList<FollowUpRule> OfCalendar { get; }

    /// <summary>Enabled rules that an event of the type may make plan; none for almost every type.</summary>
    public IReadOnlyList<FollowUpRule> TriggeredBy(string eventType) => _byTrigger.GetValueOrDefault(eventType, []);

    /// <summary>Enabled rules whose work an event of the type may stop.</summary>
    public IReadOnlyList<FollowUpRule> StoppedBy(string eventType) => _byStop.GetValueOrDefault(eventType, []);

    /// <summary>Whether any rule listens to the type.</summary>
    public bool Concerns(string eventType) => _byTrigger.ContainsKey(eventType) || _byStop.ContainsKey(eventType);

    private static FrozenDictionary<string, IReadOnlyList<FollowUpRule>> ByEvent(IReadOnlyList<FollowUpRule> rules, Func<FollowUpRule, IEnumerable<string>> events) =>
        rules.SelectMany(rule => events(rule).Distinct().Select(type => (Type: type, Rule: rule)))
            .GroupBy(pair => pair.Type, pair => pair.Rule, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, IReadOnlyList<FollowUpRule> (group) => [.. group], StringComparer.Ordinal);
}

/// <summary>The rules in use; a reload swaps them whole. Safe for many threads.</summary>
public sealed class FollowUpRuleCatalog(FollowUpRuleSet rules, TimeZoneInfo zone)
{
    private volatile RulesInUse _current = new(rules, new HospitalCalendar(zone, rules.Days));

    /// <summary>Rules and the calendar that goes with them.</summary>
    public RulesInUse Current => _current;

    public void Swap(FollowUpRuleSet next) => _current = new RulesInUse(next, new HospitalCalendar(zone, next.Days));
}

/// <summary>Rules and calendar of one moment.</summary>
public sealed record RulesInUse(FollowUpRuleSet Rules, HospitalCalendar Calendar);
