using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps;

/// <summary>One rule of care or service: when the record changes so, this becomes due.</summary>
public interface IFollowUpRule
{
    /// <summary>
    /// Adds due work to the message's batch. Each piece has a business key (patient, rule, episode, due time), so that a message that runs
    /// twice plans once.
    /// </summary>
    ValueTask PlanAsync(RecordResult record, WriteBatch batch, CancellationToken cancellationToken);
}
