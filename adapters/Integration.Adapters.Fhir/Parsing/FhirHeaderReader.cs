using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Fhir;

namespace Integration.Adapters.Fhir.Parsing;

/// <summary>Reads of FHIR bytes what intake needs.</summary>
/// <param name="authorityOf">See <see cref="FeedContext.AssigningAuthority"/>, by feed.</param>
internal sealed class FhirHeaderReader(Func<string, string> authorityOf) : IHeaderReader
{
    public string Format => FhirParser.FormatName;

    public InboundMessage Read(ReadOnlyMemory<byte> raw, string feed) => MessageOf(feed, raw, authorityOf(feed));

    public byte[]? Encode(string text, string feed, out MessageIssue? issue)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Trim('\uFEFF', '\r', '\n', ' '));
        issue = FhirText.Read(bytes).Issue;
        return issue is null ? bytes : null;
    }

    /// <summary>
    /// Control id: what makes this very version known again – <c>Bundle.identifier</c>, or type, id and version of a resource; empty when it says
    /// neither.
    /// </summary>
    public static InboundMessage MessageOf(string feed, ReadOnlyMemory<byte> raw, string authority)
    {
        var text = FhirText.Read(raw);
        if (text.Root is not { } root)
        {
            return new InboundMessage(feed, FhirParser.FormatName, raw) { HeaderIssues = [text.Issue!] };
        }

        var entries = FhirBundle.Entries(root, text.Type, []);
        return new InboundMessage(feed, FhirParser.FormatName, raw)
        {
            MessageType = FhirBundle.NameOf(root, text.Type),
            ControlId = ControlIdOf(root, text.Type),
            Sender = authority,
            PatientKey = FhirPatientKey.Of(entries, authority),
        };
    }

    private static string ControlIdOf(System.Text.Json.JsonElement root, string type)
    {
        if (type == "Bundle")
        {
            return root.TryGetProperty("identifier", out var identifier) && FhirBundle.Text(identifier, "value") is { } value
                ? $"{FhirBundle.Text(identifier, "system")}|{value}"
                : "";
        }

        return FhirBundle.Text(root, "id") is { } id && root.TryGetProperty("meta", out var meta) && FhirBundle.Text(meta, "versionId") is { } version
            ? $"{type}/{id}/_history/{version}"
            : "";
    }
}
