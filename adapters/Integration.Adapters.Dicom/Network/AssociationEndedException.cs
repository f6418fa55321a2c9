namespace Integration.Adapters.Dicom.Network;

/// <summary>How an association came to its end.</summary>
internal enum AssociationEnd
{
    /// <summary>The peer released it; all is well.</summary>
    Released,

    /// <summary>The peer did not want it.</summary>
    Refused,

    /// <summary>The peer aborted it.</summary>
    Aborted,

    /// <summary>The connection was closed without a word.</summary>
    Closed,

    /// <summary>Nothing came in time; we aborted it.</summary>
    TimedOut,

    /// <summary>The peer broke the protocol; we aborted it.</summary>
    Violated,

    /// <summary>The feed stops; we aborted it.</summary>
    Stopped,
}

/// <summary>Nothing more comes of the association. The message holds no data of it.</summary>
internal sealed class AssociationEndedException(AssociationEnd end, string message) : IOException(message)
{
    public AssociationEnd End => end;
}
