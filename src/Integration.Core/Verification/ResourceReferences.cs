using System.Text.Json.Nodes;

namespace Integration.Core.Verification;

/// <summary>What a FHIR resource refers to inside the record: relative references, and attachments by their address.</summary>
internal static class ResourceReferences
{
    /// <summary>Begins the address of an attachment; its id follows.</summary>
    public const string Attachment = "Binary/";

    /// <summary><c>Type/id</c> of each reference, in document order; contained, absolute and logical ones are left out.</summary>
    public static IEnumerable<string> Of(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    if (name is "reference" or "url" && value is JsonValue text && text.TryGetValue<string>(out var target))
                    {
                        if (IsInside(target, name == "url"))
                        {
                            yield return target;
                        }
                    }
                    else
                    {
                        foreach (var below in Of(value))
                        {
                            yield return below;
                        }
                    }
                }

                break;
            case JsonArray entries:
                foreach (var below in entries.SelectMany(Of))
                {
                    yield return below;
                }

                break;
        }
    }

    // FHIR R4 §2.3.0.1: a relative reference is Type/id. Only attachments are named by url.
    private static bool IsInside(string target, bool isUrl) =>
        target.Length > 2 && char.IsAsciiLetterUpper(target[0]) && target.IndexOf('/') is > 0 and var slash && target.IndexOf('/', slash + 1) < 0 && !target.Contains(':')
        && (!isUrl || target.StartsWith(Attachment, StringComparison.Ordinal));
}
