namespace Integration.Adapters.Hl7v2.Files;

/// <summary>Which of several files is read first.</summary>
public enum FileOrder
{
    /// <summary>By name, byte by byte.</summary>
    Name,

    /// <summary>By time of last change, then by name.</summary>
    Time,
}

/// <summary>Settings that picking up files has in common, wherever they lie; section <c>Feeds:NAME</c>.</summary>
public record FilePickupOptions : Hl7FeedOptions
{
    public FilePickupOptions()
    {
    }

    internal FilePickupOptions(Hl7FeedOptions common)
        : base(common)
    {
    }

    /// <summary>Folder to look in. Required.</summary>
    public string Path { get; init; } = "";

    /// <summary>Names to take, with <c>*</c> and <c>?</c>, in any case; default all. Names that begin with a dot are never taken.</summary>
    public string Pattern { get; init; } = "*";

    /// <summary>
    /// How long size and time of a file must have stood still, as seen from here, before it is read; default 10 seconds, 0 to 1 hour.
    /// Shorter risks reading a file whose writer pauses.
    /// </summary>
    public TimeSpan MinAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two looks at the folder, default 5 seconds, 0.1 seconds to 1 day.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Default by name.</summary>
    public FileOrder Order { get; init; } = FileOrder.Name;

    /// <summary>Folder for files whose every message is durable, absolute or below <see cref="Path"/>; default <c>processed</c>.</summary>
    public string Processed { get; init; } = "processed";

    /// <summary>Folder for files that hold no message or one that could not be taken; default <c>failed</c>.</summary>
    public string Failed { get; init; } = "failed";
}
