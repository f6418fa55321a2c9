using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;

namespace Integration.Fhir.Schema;

/// <summary>
/// Reads <c>FhirR4.tables.txt</c>: one scan finds where each type and value set begins, a type is built when it is first asked for.
/// Safe for many threads. The format is described in the file's first lines.
/// </summary>
internal sealed class SchemaTables
{
    private const string ResourceName = "FhirR4.tables.txt";
    private const string ValueSetPrefix = "http://hl7.org/fhir/ValueSet/";

    private static readonly Lazy<SchemaTables> LazyShared = new(() => new SchemaTables(ReadEmbedded()));

    private readonly string _text;
    private readonly Dictionary<string, int> _typeOffsets = new(StringComparer.Ordinal);
    private readonly List<string> _resourceNames = [];
    private readonly Dictionary<string, int> _valueSetOffsets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FhirType> _types = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FhirValueSet> _valueSets = new(StringComparer.Ordinal);

    private SchemaTables(string text)
    {
        _text = text;
        for (var start = 0; start < text.Length; start = LineEnd(start) + 1)
        {
            switch (text[start])
            {
                case ' ' or '#':
                    break;
                case 'V':
                    _valueSetOffsets.Add(text[(start + 2)..LineEnd(start)], start);
                    break;
                default:
                    var name = SecondWord(start);
                    _typeOffsets.Add(name, start);
                    if (text[start] == 'R' && text[start + 1] == ' ')
                    {
                        _resourceNames.Add(name);
                    }

                    break;
            }
        }
    }

    public static SchemaTables Shared => LazyShared.Value;

    public IReadOnlyCollection<string> TypeNames => _typeOffsets.Keys;

    /// <summary>The resource types that have instances.</summary>
    public IReadOnlyList<string> ResourceNames => _resourceNames;

    public IReadOnlyCollection<string> ValueSetUrls => _valueSetOffsets.Keys;

    public FhirType? FindType(string name)
    {
        if (_types.TryGetValue(name, out var type))
        {
            return type;
        }

        return _typeOffsets.TryGetValue(name, out var offset) ? _types.GetOrAdd(name, ReadType(name, offset)) : null;
    }

    public FhirValueSet? FindValueSet(string url)
    {
        if (_valueSets.TryGetValue(url, out var valueSet))
        {
            return valueSet;
        }

        return _valueSetOffsets.TryGetValue(url, out var offset) ? _valueSets.GetOrAdd(url, ReadValueSet(url, offset)) : null;
    }

    private static string ReadEmbedded()
    {
        using var stream = typeof(SchemaTables).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly was built without {ResourceName}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // A checkout with CRLF line ends must read the same.
        return reader.ReadToEnd().Replace("\r", "", StringComparison.Ordinal);
    }

    private FhirType ReadType(string name, int offset)
    {
        // "R* DomainResource Resource": letter and abstract mark, name, base ("-" for none), pattern of a primitive
        var words = Words(offset);
        var baseType = words[2] == "-" ? null : FindType(words[2]);
        var lines = Children(offset).ToLookup(line => line[0] == '!');
        var constraints = lines[true].Select(ReadConstraint).ToLookup(c => c.Element, c => c.Constraint, StringComparer.Ordinal);
        var own = lines[false].Select(line => ReadElement(line, constraints));
        return new FhirType(name, KindOf(words[0][0]), [.. baseType?.Elements ?? [], .. own])
        {
            Constraints = [.. baseType?.Constraints ?? [], .. constraints[""]],
            IsAbstract = words[0].EndsWith('*'),
            BaseName = baseType?.Name,
            Pattern = words[0] == "P" ? string.Join(' ', words.Skip(3)) : null,
        };
    }

    private static FhirTypeKind KindOf(char letter) => letter switch
    {
        'P' => FhirTypeKind.Primitive,
        'D' => FhirTypeKind.Datatype,
        'R' => FhirTypeKind.Resource,
        'B' => FhirTypeKind.Backbone,
        _ => throw new InvalidDataException($"{ResourceName} has a line that starts with '{letter}'."),
    };

    /// <summary>Reads <c>value[x] 0..1s Reference|string &gt;Patient|Group =name-use</c>.</summary>
    private static FhirElement ReadElement(string line, ILookup<string, FhirConstraint> constraints)
    {
        var words = line.Split(' ');
        var isChoice = words[0].EndsWith("[x]", StringComparison.Ordinal);
        IReadOnlyList<string> targets = [];
        string? valueSet = null;
        foreach (var word in words.Skip(3))
        {
            if (word[0] == '>')
            {
                targets = word[1..].Split('|');
            }
            else
            {
                valueSet = word.Contains(':', StringComparison.Ordinal) ? word[1..] : ValueSetPrefix + word[1..];
            }
        }

        return new FhirElement(
            Name: isChoice ? words[0][..^3] : words[0],
            IsChoice: isChoice,
            Types: words[2].Split('|'),
            Min: words[1][0] - '0',
            IsArray: words[1].Contains('*', StringComparison.Ordinal),
            ReferenceTargets: targets,
            RequiredValueSet: valueSet)
        {
            Constraints = [.. constraints[words[0]]],
            IsSummary = words[1].EndsWith('s'),
        };
    }

    /// <summary>Reads <c>!element key severity &lt;tab&gt; human text &lt;tab&gt; FHIRPath</c>; a constraint on the type itself names no element.</summary>
    private static (string Element, FhirConstraint Constraint) ReadConstraint(string line)
    {
        var parts = line.Split('\t');
        var words = parts[0].Split(' ');
        var severity = words[2] == "error" ? FhirIssueSeverity.Error : FhirIssueSeverity.Warning;
        return (words[0][1..], new FhirConstraint(words[1], severity, parts[1], parts[2]));
    }

    private FhirValueSet ReadValueSet(string url, int offset)
    {
        var systems = Children(offset)
            .Select(line => line.Split('\t'))
            .ToFrozenDictionary(p => p[0], p => (IReadOnlySet<string>)p.Skip(1).ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);
        return new FhirValueSet(url, systems);
    }

    private int LineEnd(int start) => _text.IndexOf('\n', start) is >= 0 and var end ? end : _text.Length;

    private string[] Words(int lineStart) => _text[lineStart..LineEnd(lineStart)].Split(' ');

    private string SecondWord(int lineStart)
    {
        var start = _text.IndexOf(' ', lineStart) + 1;
        return _text[start.._text.IndexOf(' ', start)];
    }

    /// <summary>The lines below a heading, without their leading blank.</summary>
    private IEnumerable<string> Children(int headingStart)
    {
        for (var start = LineEnd(headingStart) + 1; start < _text.Length && _text[start] == ' '; start = LineEnd(start) + 1)
        {
            yield return _text[(start + 1)..LineEnd(start)];
        }
    }
}
