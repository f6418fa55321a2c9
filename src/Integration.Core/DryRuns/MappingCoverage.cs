using Integration.Core.Mapping;
using Integration.Core.Mapping.Explain;

namespace Integration.Core.DryRuns;

/// <summary>Adds up, over many messages, which rules wrote something and what of the messages no rule read. Not for several threads.</summary>
public sealed class MappingCoverage
{
    private readonly Dictionary<MappingRule, int> _hits = [];
    private readonly SortedDictionary<string, int> _unread = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<(string CodeMap, string Code, string? System), (UnmappedCode Code, int Count)> _codes = [];
    private readonly HashSet<MappingRule> _rules = [];

    public int Messages { get; private set; }

    /// <summary>Messages that would go to quarantine.</summary>
    public int Refused { get; private set; }

    /// <summary>Messages by type, <c>ADT_A01</c>, in ordinal order; those that cannot be read are not among them.</summary>
    public IReadOnlyDictionary<string, int> Types => _types;

    /// <summary>Every rule of the feeds seen with the number of messages in which it wrote something, in order of file and line.</summary>
    public IReadOnlyList<(MappingRule Rule, int Messages)> Rules =>
    [
        .. _rules.OrderBy(rule => rule.File, StringComparer.Ordinal).ThenBy(rule => rule.Line).ThenBy(rule => rule.Column)
            .Select(rule => (rule, _hits.GetValueOrDefault(rule))),
    ];

    /// <summary>Fields with a value that no rule read, with the number of messages; the most frequent first.</summary>
    public IReadOnlyList<(string Field, int Messages)> Unread =>
        [.. _unread.OrderByDescending(pair => pair.Value).Select(pair => (pair.Key, pair.Value))];

    /// <summary>Codes that no code map lists, with the number of messages; the most frequent first.</summary>
    public IReadOnlyList<(UnmappedCode Code, int Messages)> UnmappedCodes =>
        [.. _codes.Values.OrderByDescending(pair => pair.Count).ThenBy(pair => pair.Code.CodeMap, StringComparer.Ordinal).ThenBy(pair => pair.Code.Code, StringComparer.Ordinal)];

    /// <param name="mapper">That explained it.</param>
    public void Add(MessageExplanation explanation, IMapper mapper)
    {
        Messages++;
        Refused += explanation.IsRefused ? 1 : 0;
        _rules.UnionWith(mapper.RulesOf(explanation.Feed));
        foreach (var rule in explanation.Hit)
        {
            _hits[rule] = _hits.GetValueOrDefault(rule) + 1;
        }

        if (explanation is not { Document: { } document, Mapping: { } mapping })
        {
            return;
        }

        _types[document.MappingKey] = _types.GetValueOrDefault(document.MappingKey) + 1;
        foreach (var field in UnreadFields.Of(document, mapping.Unread))
        {
            _unread[field] = _unread.GetValueOrDefault(field) + 1;
        }

        foreach (var code in mapping.UnmappedCodes)
        {
            var key = (code.CodeMap, code.Code, code.System);
            _codes[key] = (code, _codes.GetValueOrDefault(key).Count + 1);
        }
    }
}
