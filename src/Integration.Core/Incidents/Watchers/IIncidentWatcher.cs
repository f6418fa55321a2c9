using Integration.Core.Storage;

namespace Integration.Core.Incidents.Watchers;

/// <summary>Looks at one side of the engine. One caller at a time.</summary>
public interface IIncidentWatcher
{
    /// <summary>The kinds it tells of.</summary>
    IReadOnlyList<IncidentKind> Kinds { get; }

    /// <summary>One observation for each kind that is watched and each subject there is; what is not among them counts as no longer there.</summary>
    /// <param name="now">UTC.</param>
    /// <exception cref="StoreUnavailableException">Nothing can be told now.</exception>
    ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
