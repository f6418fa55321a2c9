using Integration.Core.Security;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>Which answer of the receiver ends a delivery. HL7 v2.5.1 §2.9.</summary>
public enum Hl7AcknowledgementMode
{
    /// <summary>Original mode: MSH-15 and MSH-16 empty, the first answer counts.</summary>
    Original,

    /// <summary>Enhanced mode, MSH-15 AL and MSH-16 NE: the receiver's commit (CA) is enough.</summary>
    Commit,

    /// <summary>Enhanced mode, MSH-15 AL and MSH-16 AL: CA is waited beyond, until the application's answer (AA, AE, AR) comes.</summary>
    Application,
}

/// <summary>Settings of one <c>Hl7v2.Mllp</c> destination beside those that all destinations have, section <c>Destinations:NAME</c>.</summary>
public sealed record Hl7DestinationOptions
{
    /// <summary>Name or address of the receiver; <c>Connect</c> up to the last colon.</summary>
    public string Host { get; init; } = "127.0.0.1";

    public int Port { get; init; }

    /// <summary>Character set of the message, also named in MSH-18. Default UNICODE UTF-8.</summary>
    public Hl7TargetCharset Charset { get; init; } = Hl7TargetCharset.Utf8;

    public Hl7AcknowledgementMode Acknowledgement { get; init; }

    /// <summary>MSH-3, default <c>Integration</c>.</summary>
    public string SendingApplication { get; init; } = "Integration";

    /// <summary>MSH-4.</summary>
    public string SendingFacility { get; init; } = "";

    /// <summary>MSH-5.</summary>
    public string ReceivingApplication { get; init; } = "";

    /// <summary>MSH-6.</summary>
    public string ReceivingFacility { get; init; } = "";

    /// <summary>MSH-11: P (default), T or D.</summary>
    public string ProcessingId { get; init; } = "P";

    /// <summary>MSH-12, default 2.5.1. The maps decide what is in the message, whatever stands here.</summary>
    public string Version { get; init; } = "2.5.1";

    /// <summary>Clock of times in the message. Default: that of the engine.</summary>
    public required TimeZoneInfo TimeZone { get; init; }

    /// <summary>Null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }
}
