namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// What a feed does with a message whose bytes are not of the character set it declares, setting <c>Feeds:NAME:CharsetMismatch</c>. Each such
/// message gets the issue CharsetMismatch; nothing is ever replaced or stored garbled.
/// </summary>
public enum Hl7CharsetMismatch
{
    /// <summary>Default: it is read as the character set that fits; quarantined when none does.</summary>
    Repair,

    /// <summary>It goes through without the fields whose text is in doubt; those count as not sent.</summary>
    Flag,

    /// <summary>It waits in quarantine.</summary>
    Quarantine,
}
