using System.Text.Json.Serialization;

namespace Integration.Host.Commands.Check;

/// <summary>What became of one thing that was looked at.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckResult>))]
internal enum CheckResult
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>To be known; the engine starts all the same.</summary>
    [JsonStringEnumMemberName("note")]
    Note,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>One line of the table.</summary>
/// <param name="Area"><c>settings</c>, <c>ports</c>, <c>store</c> or <c>peers</c>.</param>
/// <param name="Subject">Where: a setting, a file with line and column, a feed or destination.</param>
/// <param name="Text">What was found, one sentence.</param>
/// <param name="Remedy">What to do; null: nothing.</param>
internal sealed record CheckRow(CheckResult Result, string Area, string Subject, string Text, string? Remedy = null);
