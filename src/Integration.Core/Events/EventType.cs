namespace Integration.Core.Events;

/// <summary>How delicate a property of an event is. A destination is granted categories; it gets no property of another.</summary>
public enum DataCategory
{
    /// <summary>Ids of the engine, states, times, counts. Everybody who hears the event gets them.</summary>
    Plain,

    /// <summary>Says who somebody is: names, phones, numbers of cards, visits and orders.</summary>
    Identifying,

    /// <summary>Says what somebody has, is examined for or treated with; departments among it.</summary>
    Clinical,

    /// <summary>Says what somebody owes or has paid.</summary>
    Financial,
}

/// <summary>Type of a property in the JSON schema.</summary>
public enum EventValueKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A string: FHIR date or dateTime, as the source gave it, with its precision.</summary>
    Time,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>An array of strings.</summary>
    TextList,
}

/// <summary>One property of an event's data.</summary>
/// <param name="Name">camelCase.</param>
/// <param name="Title">What it says, in one line.</param>
/// <param name="IsRequired">Always there, if the destination may see it; a plain property only.</param>
public sealed record EventProperty(string Name, EventValueKind Kind, DataCategory Category, string Title, bool IsRequired = false);

/// <summary>One type of event.</summary>
/// <param name="Name">Noun and past participle, e.g. <c>appointment.missed</c>.</param>
/// <param name="SchemaVersion">Grows when a property is renamed, removed or changes its meaning; a new optional property leaves it.</param>
/// <param name="Title">In English.</param>
/// <param name="ChineseTitle">The same in Chinese.</param>
/// <param name="Subject">What <see cref="EventDocument.Subject"/> names, e.g. <c>Appointment/ID</c>.</param>
/// <param name="Data">Properties of <see cref="EventDocument.Data"/>.</param>
public sealed record EventType(string Name, int SchemaVersion, string Title, string ChineseTitle, string Subject, IReadOnlyList<EventProperty> Data)
{
    /// <summary>Whether a pattern of a destination means this type: the name, <c>noun.*</c>, or <c>*</c>.</summary>
    public bool Matches(string pattern) => Matches(Name, pattern);

    /// <inheritdoc cref="Matches(string)"/>
    public static bool Matches(string name, string pattern) =>
        pattern == "*" || pattern == name || (pattern.EndsWith(".*", StringComparison.Ordinal) && name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal));
}
