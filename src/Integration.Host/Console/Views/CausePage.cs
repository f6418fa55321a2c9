using Integration.Core.Delivery;
using Integration.Core.Events;

namespace Integration.Host.Console.Views;

/// <summary>Where a person finds what a delivery or a piece of due work is about.</summary>
internal static class CausePage
{
    private const string FollowUps = "followUps/";

    /// <summary>Address within the console: the due work, the list of incidents, or the message that brought the change.</summary>
    public static string Of(DeliveryDocument delivery) =>
        delivery.Reference.StartsWith(FollowUps, StringComparison.Ordinal) ? $"/follow-ups/{delivery.Reference[FollowUps.Length..]}"
        : delivery.EventId is not null && delivery.PatientId.Length == 0 ? "/incidents"
        : $"/messages/{delivery.MessageId}";

    /// <summary>Address of what an event is about.</summary>
    public static string OfEvent(EventDocument e) =>
        e.Subject.StartsWith(FollowUps, StringComparison.Ordinal) ? $"/follow-ups/{e.Subject[FollowUps.Length..]}"
        : e.PatientId is null ? "/incidents"
        : OfSubject(e.Subject);

    /// <summary>Address of what due work is for.</summary>
    /// <param name="subject"><c>patients/id</c>, or <c>Type/id</c> of a resource.</param>
    public static string OfSubject(string subject) => subject.StartsWith("patients/", StringComparison.Ordinal) ? $"/{subject}" : $"/resources/{subject}";
}
