using System.Text.Json.Nodes;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping.Outbound;

/// <summary>An inbound code map read backwards: for a FHIR code the first source code in the file that gives it; one that still counts before one whose time is over.</summary>
internal sealed class ReverseCodes
{
    private readonly Dictionary<(string Code, string? System), string> _bySystem = [];
    private readonly Dictionary<string, string> _byCode = new(StringComparer.Ordinal);

    public ReverseCodes(CodeMapDefinition map)
    {
        var targets = map.Codes.Where(code => !code.Key.EndsWith('*'))   // the beginning of a code is none
            .SelectMany(code => code.Value.Select(entry => (Source: code.Key, entry.Target)));
        foreach (var (source, target) in targets.OrderByDescending(code => code.Target.ValidTo ?? DateOnly.MaxValue))
        {
            _byCode.TryAdd(target.Code, source);
            _bySystem.TryAdd((target.Code, target.System ?? map.System), source);
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
