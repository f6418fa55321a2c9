using Integration.Core.Mapping.Hl7v2;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping.Outbound;

/// <summary>A checked HL7 place of a rule: <c>PID-5</c>, <c>PID-3.4</c>, <c>XPN.1.1</c>.</summary>
/// <param name="Datatypes">Every datatype it has in any version; null when anything may stand there (Z-segments, OBX-5).</param>
/// <param name="Repeats">A whole field that may repeat.</param>
internal sealed record OutboundTarget(int Field, int Component, int Subcomponent, IReadOnlyList<string>? Datatypes, bool Repeats)
{
    private static readonly string[] Times = ["DTM", "TS", "DT", "TM"];
    private static readonly string[] Numbers = ["NM", "SI"];
    private static readonly string[] FhirTimes = ["date", "dateTime", "instant", "time"];
    private static readonly string[] FhirNumbers = ["decimal", "integer", "positiveInt", "unsignedInt"];

    /// <summary>Reads and checks a place; null when it is wrong, which has then been reported.</summary>
    /// <param name="segment">Name of the segment whose map this is; null in a datatype map.</param>
    /// <param name="datatype">Name of the datatype whose map this is; null in a segment map.</param>
    public static OutboundTarget? Resolve(Word word, string? segment, string? datatype, ProblemList problems)
    {
        var path = SourcePath.Parse(word.Text, name => name == datatype);
        var home = segment ?? datatype;
        var example = segment is null ? $"{home}.1" : $"{home}-1";
        if (path is null || path.Name != home || path.Repetition > 0 || (segment is null ? path.Component : path.Field) == 0)
        {
            problems.Add(word.Position, $"'{word.Text}' is no place in {home}.", $"Write it like {example}.");
            return null;
        }

        if (segment is not null && segment.StartsWith('Z'))
        {
            return new OutboundTarget(path.Field, path.Component, path.Subcomponent, null, path.Component == 0);
        }

        var fields = segment is null ? Hl7Tables.Components(datatype!)! : Hl7Tables.Fields(segment)!;
        var number = segment is null ? path.Component : path.Field;
        if (number > fields.Count)
        {
            problems.Add(word.Position, $"{home} has {fields.Count} {(segment is null ? "components" : "fields")} in HL7 v2.1 to v2.8, so there is no {word.Text}.");
            return null;
        }

        var slot = fields[number - 1];
        var inner = segment is null ? path.Subcomponent : path.Component;
        IReadOnlyList<string>? datatypes = slot.Datatypes.Contains("varies") ? null : slot.Datatypes;
        datatypes = Inside(datatypes, inner);
        datatypes = segment is null ? datatypes : Inside(datatypes, path.Subcomponent);
        if (datatypes is { Count: 0 })
        {
            problems.Add(word.Position, $"There is no {word.Text}: {home} has {string.Join(" or ", slot.Datatypes)} there.");
            return null;
        }

        return new OutboundTarget(path.Field, path.Component, path.Subcomponent, datatypes, segment is not null && inner == 0 && slot.Repeats);
    }

    /// <summary>Whether a text of the FHIR type may stand here.</summary>
    public bool AcceptsText(string fhirType) => Datatypes is null || Datatypes.Any(d => Accepts(d, fhirType));

    /// <summary>Whether values of the HL7 datatype may stand here.</summary>
    public bool AcceptsDatatype(string datatype) => Datatypes is null || Datatypes.Contains(datatype);

    private static bool Accepts(string datatype, string fhirType) =>
        Times.Contains(datatype) ? FhirTimes.Contains(fhirType)
        : Numbers.Contains(datatype) ? FhirNumbers.Contains(fhirType)
        : Hl7Tables.Components(datatype) is not { Count: > 1 };   // ID and IS are listed with their one part

    /// <summary>Datatypes of a component of any of these; empty when none of them has it.</summary>
    private static List<string>? Inside(IReadOnlyList<string>? datatypes, int component)
    {
        if (component == 0 || datatypes is null)
        {
            return datatypes?.ToList();
        }

        if (datatypes.Contains("varies"))
        {
            return null;
        }

        // Component 1 of a datatype without components is the value itself. HL7 v2.5.1 §2.5.3.
        return
        [
            .. datatypes.SelectMany(d => Hl7Tables.Components(d) is { } parts
                ? component <= parts.Count ? parts[component - 1].Datatypes : []
                : component == 1 ? [d] : []).Distinct(),
        ];
    }
}
