using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Diagnostics;
using Integration.Core.Parsing;
using Integration.Fhir;

namespace Integration.Adapters.Fhir.Parsing;

/// <summary>Reads a FHIR R4 resource or Bundle in JSON and checks it by the rules of FHIR R4, see <see cref="FhirValidator"/>.</summary>
/// <param name="policyOf">What a feed does with what breaks a rule.</param>
internal sealed class FhirParser(Func<string, FhirValidationPolicy> policyOf) : IMessageParser
{
    public const string FormatName = "fhir";

    /// <summary>Findings that are kept with a message; a resource of another release has hundreds alike.</summary>
    private const int MaxIssues = 100;

    private const string NarrativeWanted = "dom-6";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Format => FormatName;

    public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed)
    {
        var text = FhirText.Read(raw);
        if (text.Root is not { } root)
        {
            return new ParseResult(null, [text.Issue!]);
        }

        var issues = new List<MessageIssue>();
        Check(root, policyOf(feed), issues);
        var entries = FhirBundle.Entries(root, text.Type, issues);
        return new ParseResult(new FhirDocument(FhirBundle.NameOf(root, text.Type), FhirBundle.TimeOf(root, text.Type), entries), issues);
    }

    public string Display(ReadOnlyMemory<byte> raw, string feed)
    {
        if (FhirText.Read(raw) is not { Root: { } root })
        {
            return Encoding.UTF8.GetString(raw.Span);
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            root.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Every finding with its FHIRPath, in the severity that the policy gives it.</summary>
    public static void Check(JsonElement root, FhirValidationPolicy policy, List<MessageIssue> issues)
    {
        // That there should be a narrative for people is true of nearly everything that systems send one another.
        var found = FhirValidator.Validate(root).Where(issue => issue.Key != NarrativeWanted).ToList();
        foreach (var issue in found.Take(MaxIssues))
        {
            issues.Add(new MessageIssue(
                IntegrationErrorCode.ResourceInvalid,
                issue.Severity == FhirIssueSeverity.Error && policy != FhirValidationPolicy.Warn ? IssueSeverity.Error : IssueSeverity.Warning,
                issue.Expression, issue.Text));
        }

        if (found.Count > MaxIssues)
        {
            issues.Add(MessageIssue.Warning(IntegrationErrorCode.ResourceInvalid, "", $"{found.Count - MaxIssues} further findings are not listed."));
        }
    }
}
