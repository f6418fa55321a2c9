using System.Text.Json.Serialization;

namespace Integration.Core.Mapping.Codes;

/// <summary>What a source code stands for.</summary>
/// <param name="System">Null: that of the code map.</param>
/// <param name="Display">Null: none.</param>
/// <param name="ValidFrom">First day on which it does, by the day of what a message tells; null: ever since.</param>
/// <param name="ValidTo">Last day on which it does; null: without end.</param>
public sealed record CodeTarget(string Code, string? System = null, string? Display = null, DateOnly? ValidFrom = null, DateOnly? ValidTo = null)
{
    /// <summary>Whether it holds on some days only.</summary>
    [JsonIgnore]
    public bool IsDated => ValidFrom is not null || ValidTo is not null;

    /// <summary>Whether there is a day on which both hold.</summary>
    public bool Overlaps(CodeTarget other) =>
        (ValidFrom is not { } from || other.ValidTo is not { } otherTo || from <= otherTo) && (other.ValidFrom is not { } otherFrom || ValidTo is not { } to || otherFrom <= to);
}
