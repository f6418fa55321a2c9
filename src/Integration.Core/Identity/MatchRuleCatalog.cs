namespace Integration.Core.Identity;

/// <summary>The match rules in use; a reload swaps them whole. Safe for many threads.</summary>
public sealed class MatchRuleCatalog(MatchRules rules)
{
    private volatile MatchRules _current = rules;

    public MatchRules Current => _current;

    public void Swap(MatchRules rules) => _current = rules;
}
