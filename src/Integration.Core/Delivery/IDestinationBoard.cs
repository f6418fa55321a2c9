using Integration.Core.Security;

namespace Integration.Core.Delivery;

/// <summary>What ops staff watch: every configured destination as it stands now. Safe for many threads.</summary>
public interface IDestinationBoard
{
    /// <summary>One status a destination, in the order of configuration.</summary>
    ValueTask<IReadOnlyList<DestinationStatus>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Lets a destination that counts as away be tried at once.</summary>
    /// <returns>False when there is no such destination.</returns>
    bool TryNow(string destination);
}

/// <summary>One destination as ops staff see it now.</summary>
/// <param name="Messages">Messages that it is told.</param>
/// <param name="Events">Events that it is told, as patterns.</param>
/// <param name="IsSandboxed">Captures what it would send.</param>
/// <param name="Counts">Deliveries by state since the store was made. Their sum is everything that was ever due.</param>
/// <param name="OldestWaiting">When the delivery that is due first was created; null when none waits.</param>
/// <param name="Certificate">The certificate in use that ends first; null without TLS.</param>
public sealed record DestinationStatus(
    string Name, string Adapter, string Description, IReadOnlyList<string> Messages, IReadOnlyList<string> Events, bool IsSandboxed, DestinationActivity Activity,
    IReadOnlyDictionary<DeliveryState, long> Counts, DateTimeOffset? OldestWaiting,
    CertificateStatus? Certificate = null);
