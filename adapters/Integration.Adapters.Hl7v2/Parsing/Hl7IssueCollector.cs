using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// Gathers the issues of one message. Past <see cref="Limit"/> of one code it only counts, so that sixteen megabytes of
/// nonsense do not become millions of issues; the count is reported too, so nothing is hidden.
/// </summary>
/// <remarks>Pass it by reference: a message without issues then costs no memory.</remarks>
internal struct Hl7IssueCollector
{
    public const int Limit = 50;

    private List<MessageIssue>? _issues;
    private Dictionary<IntegrationErrorCode, int>? _counts;

    /// <summary>One of them keeps the message from being read.</summary>
    public bool HasError { get; private set; }

    public void Add(MessageIssue? issue)
    {
        if (issue is null)
        {
            return;
        }

        _issues ??= [];
        _counts ??= [];
        HasError |= issue.Severity == IssueSeverity.Error;
        var count = _counts.GetValueOrDefault(issue.Code) + 1;
        _counts[issue.Code] = count;
        if (count <= Limit)
        {
            _issues.Add(issue);
        }
    }

    public readonly IReadOnlyList<MessageIssue> ToList()
    {
        if (_issues is null || _counts is null)
        {
            return [];
        }

        var further = _counts.Where(c => c.Value > Limit)
            .Select(c => MessageIssue.Warning(c.Key, "", $"{c.Value - Limit} further issues of this kind are not listed."));
        return [.. _issues, .. further];
    }
}
