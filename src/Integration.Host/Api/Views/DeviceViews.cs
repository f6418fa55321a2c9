using Integration.Core.Devices;

namespace Integration.Host.Api.Views;

/// <summary>Whom a device shall measure.</summary>
/// <param name="PatientId">Id of the record; required.</param>
/// <param name="From">From when on, included; null: from now on.</param>
/// <param name="To">Until when, not included; null: until it is said otherwise.</param>
/// <param name="Reason">Why, for the audit; required, at most 500 characters.</param>
internal sealed record BindingRequest(string? PatientId, DateTimeOffset? From, DateTimeOffset? To, string? Reason);

/// <summary>A device with the periods in which it was bound, newest first.</summary>
internal sealed record DeviceView(string Device, IReadOnlyList<BindingView> Bindings)
{
    public static DeviceView Of(DeviceBindingDocument document) =>
        new(document.Id, [.. document.Periods.Reverse().Select(period => new BindingView(period.PatientId, period.From, period.To, period.By, period.At))]);
}

/// <summary>One period.</summary>
/// <param name="To">Not included; null: it goes on.</param>
/// <param name="By">Who said so.</param>
/// <param name="At">When it was said.</param>
internal sealed record BindingView(string PatientId, DateTimeOffset From, DateTimeOffset? To, string By, DateTimeOffset At);
