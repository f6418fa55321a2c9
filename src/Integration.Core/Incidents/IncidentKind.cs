namespace Integration.Core.Incidents;

/// <summary>What can be wrong with the engine's running. A name is never reused: it stands in stored incidents, events and settings.</summary>
public enum IncidentKind
{
    /// <summary>A feed that usually talks at this hour does not.</summary>
    FeedSilent,

    /// <summary>A feed that connects out to its source is not connected.</summary>
    FeedDisconnected,

    /// <summary>A feed does not work: its source cannot be read, its listener has failed.</summary>
    FeedFaulted,

    /// <summary>Messages of a feed wait too long for the pipeline.</summary>
    FeedBacklog,

    /// <summary>Many messages of a feed fail.</summary>
    FeedFailures,

    /// <summary>Failed messages of a feed lie about and nobody decides.</summary>
    DeadLetters,

    /// <summary>One message of a feed keeps a stage busy, or was set aside for that.</summary>
    MessageStuck,

    /// <summary>A sender counts its messages, and some never came.</summary>
    SequenceGap,

    /// <summary>A destination does not answer.</summary>
    DestinationAway,

    /// <summary>What a destination is to be told waits too long.</summary>
    DestinationBacklog,

    /// <summary>Deliveries to a destination are moved aside.</summary>
    DestinationFailures,

    /// <summary>A certificate of a feed or destination ends soon, or has ended.</summary>
    CertificateExpiring,

    /// <summary>The store's disk fills up.</summary>
    DiskLow,

    /// <summary>The store does not answer.</summary>
    StoreAway,

    /// <summary>No message is taken in.</summary>
    IntakeStopped,

    /// <summary>The process needs more memory than it should.</summary>
    MemoryHigh,

    /// <summary>Several complaints of one matter came within days.</summary>
    ComplaintCluster,
}

/// <summary>Names of what incidents are about.</summary>
public static class IncidentSubjects
{
    /// <summary>The process as a whole.</summary>
    public const string Engine = "engine";

    /// <summary>The database and its disk.</summary>
    public const string Store = "store";

    public static string OfFeed(string name) => "feeds/" + name;

    public static string OfDestination(string name) => "destinations/" + name;

    /// <param name="code">What the complaints are about.</param>
    public static string OfComplaints(string code) => "complaints/" + code;

    /// <summary>The part behind the slash; the whole where there is none.</summary>
    public static string NameOf(string subject) => subject[(subject.IndexOf('/') + 1)..];
}
