namespace Integration.Adapters.Hl7v2;

/// <summary>HL7 table 0008. This engine answers with the first three, and understands all.</summary>
public enum AcknowledgmentCode
{
    /// <summary>The answer holds none that is known.</summary>
    Unknown,

    /// <summary>Application accept: durable here.</summary>
    AA,

    /// <summary>Application error.</summary>
    AE,

    /// <summary>Application reject.</summary>
    AR,

    /// <summary>Commit accept (enhanced mode).</summary>
    CA,

    /// <summary>Commit error (enhanced mode).</summary>
    CE,

    /// <summary>Commit reject (enhanced mode).</summary>
    CR,
}
