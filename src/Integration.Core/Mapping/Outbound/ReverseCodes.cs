using System.Text.Json.Nodes;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping.Outbound;

/// <summary>An inbound code map read backwards: for a FHIR code the first source code in the file that gives it.</summary>
internal sealed class ReverseCodes
{
    private readonly Dictionary<(string Code, string? System), string> _bySystem = [];
    private readonly Dictionary<string, string> _byCode = new(StringComparer.Ordinal);

    public ReverseCodes(CodeMapDefinition map)
    {
        foreach (var (source, entry) in map.Codes.Where(code => !code.Key.EndsWith('*')))   // the beginning of a code is none
        {
            _byCode.TryAdd(entry.Code, source);
            _bySystem.TryAdd((entry.Code, entry.System ?? map.System), source);
        }
    }

    /// <summary>The source code of a code, Coding or CodeableConcept (its first coding that has one); null when there is none.</summary>
    public string? Find(JsonNode value) => value switch
    {
        JsonObject concept when concept["coding"] is JsonArray codings => codings.OfType<JsonObject>().Select(Find).FirstOrDefault(code => code is not null),
        JsonObject coding when (string?)coding["code"] is { } code =>
            (string?)coding["system"] is { } system ? _bySystem.GetValueOrDefault((code, system)) : _byCode.GetValueOrDefault(code),
        JsonValue when OutboundText.Of(value) is { } code => _byCode.GetValueOrDefault(code),
        _ => null,
    };
}
