using Integration.Adapters.Fhir.Parsing;
using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Adapters.Fhir.Files;

/// <summary>Files of FHIR resources, see <see cref="FhirFileParts"/>.</summary>
internal sealed class FhirFileFormat(string feed, FhirFeedOptions options, IMessageIntake intake) : IFileFormat
{
    public MessageIssue Nothing { get; } = MessageIssue.Error(IntegrationErrorCode.NotFhir, "", "The file holds no FHIR resource.");

    public IFileParts Open(Stream content) => new FhirFileParts(content, options.MaxMessageBytes);

    public FileMessage MessageOf(byte[] bytes)
    {
        var message = FhirHeaderReader.MessageOf(feed, bytes, options.AssigningAuthority);

        // Not cancelled: what intake has begun is answered, so that the counts stay true.
        return new FileMessage(message.PatientKey, id => intake.AcceptAsync(message with { Id = id }, CancellationToken.None));
    }
}
