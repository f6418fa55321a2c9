using System.ComponentModel;

namespace Integration.Host.Api.Views;

/// <summary>One page of a list.</summary>
internal sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: Description("Send it as `after` to get the next page; null on the last page.")] string? Next);

/// <summary>One page of what belongs to a patient.</summary>
internal sealed record PatientItems<T>(
    [property: Description("Whose record this is: another than asked for when that one was merged into it.")] string PatientId,
    IReadOnlyList<T> Items,
    [property: Description("Send it as `after` to get the next page; null on the last page.")] string? Next);
