using System.Text.Json.Nodes;

namespace Integration.Core.Mapping.Explain;

/// <summary>What a value of a resource came from.</summary>
public enum ValueOrigin
{
    /// <summary>Read from the message.</summary>
    Message,

    /// <summary>Stands in the mapping file.</summary>
    Constant,

    /// <summary>Names another resource of the message.</summary>
    Reference,

    /// <summary>The message deletes the element (HL7 null).</summary>
    Cleared,

    /// <summary>Written by a step of the site.</summary>
    Step,
}

/// <summary>One value of a resource with the rules that wrote it and the places it was read from.</summary>
/// <param name="Path">FHIRPath: <c>Patient.name[0].family</c>.</param>
/// <param name="Value">The primitive; null for a cleared element.</param>
/// <param name="Rules">The innermost first: the rule of a datatype map, then that of the segment map that called it.</param>
/// <param name="Sources">In the order read. For constants the segment or value that the rule stands on.</param>
/// <param name="CodeMap">The code map it went through; null for none.</param>
public sealed record ExplainedValue(
    string Path, JsonNode? Value, ValueOrigin Origin, IReadOnlyList<MappingRule> Rules, IReadOnlyList<SourcePlace> Sources, string? CodeMap);
