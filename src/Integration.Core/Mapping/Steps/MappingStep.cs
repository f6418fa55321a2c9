namespace Integration.Core.Mapping.Steps;

/// <summary>A step as it is configured.</summary>
/// <param name="Name">Key under <c>MappingSteps</c>.</param>
/// <param name="Assembly">Path of its file, as shown to people.</param>
/// <param name="Feeds">Whose messages it gets; empty: those of every feed.</param>
/// <param name="Messages">Mapping keys it gets: <c>ORU_R01</c>; empty: every one.</param>
/// <param name="Code">Safe for many threads.</param>
public sealed record MappingStep(string Name, string Assembly, IReadOnlySet<string> Feeds, IReadOnlySet<string> Messages, IMappingStep Code)
{
    /// <summary>Whether it gets such messages.</summary>
    public bool Wants(string feed, string mappingKey) =>
        (Feeds.Count == 0 || Feeds.Contains(feed)) && (Messages.Count == 0 || Messages.Contains(mappingKey));
}
