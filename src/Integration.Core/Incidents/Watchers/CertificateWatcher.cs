using System.Globalization;
using Integration.Core.Delivery;
using Integration.Core.Feeds;
using Integration.Core.Security;

namespace Integration.Core.Incidents.Watchers;

/// <summary>Certificates of feeds and destinations that end soon.</summary>
public sealed class CertificateWatcher(IFeedBoard feeds, IDestinationBoard destinations, IncidentSettings settings) : IIncidentWatcher
{
    public IReadOnlyList<IncidentKind> Kinds { get; } = [IncidentKind.CertificateExpiring];

    public async ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var certificates = (await feeds.GetAsync(cancellationToken)).Select(feed => (Subject: IncidentSubjects.OfFeed(feed.Name), feed.Certificate))
            .Concat((await destinations.GetAsync(cancellationToken)).Select(one => (Subject: IncidentSubjects.OfDestination(one.Name), one.Certificate)));
        return [.. from one in certificates
                   where one.Certificate is not null && settings.Of(one.Subject).Watches(IncidentKind.CertificateExpiring)
                   select Look(one.Subject, one.Certificate, now)];
    }

    private Observation Look(string subject, CertificateStatus certificate, DateTimeOffset now) => Observation.Of(
        certificate.Expires - now < settings.Of(subject).Times[IncidentKind.CertificateExpiring], IncidentKind.CertificateExpiring, subject, null,
        ("certificate", certificate.Subject), ("expires", certificate.Expires.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
}
