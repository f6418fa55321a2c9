using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Records;
using Integration.Core.Security;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Delivery;

/// <summary>One destination's transport and format. The engine decides what is sent, when, and what follows from the answer.</summary>
public interface IOutboundAdapter : IAsyncDisposable
{
    /// <summary>What it does in one line for the console, e.g. <c>MLLP to 10.0.0.5:6661 in GB 18030-2000</c>.</summary>
    string Description { get; }

    /// <summary>The certificate in use that ends first; null without TLS.</summary>
    CertificateStatus? Certificate => null;

    /// <summary>
    /// Makes the bytes to send. Sends nothing; safe for many threads. Runs inside the walk of the message that brought the change, so it must
    /// be quick and may read nothing but the record.
    /// </summary>
    /// <param name="controlId">Identifies the content to the destination, at most 20 characters.</param>
    ValueTask<OutboundContent> BuildAsync(OutboundSubject subject, string controlId, IRecordReader records, CancellationToken cancellationToken);

    /// <summary>
    /// Sends once and waits for the answer. Called by one thread at a time. Trouble of the destination is a result, never an exception.
    /// </summary>
    /// <param name="content">What <see cref="BuildAsync"/> made for <paramref name="controlId"/>.</param>
    /// <param name="timeout">How long to wait for the answer. When it has passed, an answer that still comes must never count for a later call.</param>
    ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <summary>One kind of outbound adapter, named in <c>Destinations:NAME:Adapter</c>.</summary>
public interface IOutboundAdapterFactory
{
    /// <summary>e.g. <c>Hl7v2.Mllp</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Every problem of this destination's settings, unknown keys among them; those of <see cref="DestinationSettings.Keys"/> are checked by the
    /// engine, except that only the adapter knows which <c>Messages</c> it can make. Empty: <see cref="Create"/> succeeds.
    /// </summary>
    IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context);

    IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context);
}

/// <summary>What a destination may know of the engine.</summary>
/// <param name="TimeZone">The engine's clock, where the destination sets none.</param>
public sealed record OutboundContext(OutboundMappings Mappings, TimeZoneInfo TimeZone);

/// <summary>Bytes to send.</summary>
/// <param name="Issues">Why there are none; empty when there are.</param>
public sealed record OutboundContent(ReadOnlyMemory<byte> Bytes, IReadOnlyList<MessageIssue> Issues);

/// <summary>What became of one attempt. Closed set.</summary>
public abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>The destination has it (HL7 AA or CA).</summary>
    public sealed record Accepted : SendResult;

    /// <summary>The destination could not do it now (HL7 AE or CE): again, by the retry policy.</summary>
    public sealed record Refused(string Text) : SendResult;

    /// <summary>The destination will never take it (HL7 AR or CR): moved aside.</summary>
    public sealed record Rejected(string Text) : SendResult;

    /// <summary>Sent, and no answer in time. The destination may have it or not.</summary>
    public sealed record TimedOut : SendResult;

    /// <summary>No connection, or it broke. The destination may have it or not.</summary>
    /// <param name="Reason">One line without data of the message.</param>
    public sealed record Unreachable(string Reason) : SendResult;
}
