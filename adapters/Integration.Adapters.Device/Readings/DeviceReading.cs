using System.Globalization;

namespace Integration.Adapters.Device.Readings;

/// <summary>A reading as a gateway sends it.</summary>
/// <param name="Device">Id of the device.</param>
/// <param name="Code">LOINC code or name of what was measured.</param>
/// <param name="Quantity">Null when only the components have values.</param>
/// <param name="Time">UTC.</param>
internal sealed record DeviceReading(string Device, string Code, ReadQuantity? Quantity, DateTimeOffset Time)
{
    /// <summary>Its id at the gateway; null: device, code and time tell it from others.</summary>
    public string? Id { get; init; }

    /// <summary>Number of the patient; null: the binding of the device says whose it is.</summary>
    public string? Patient { get; init; }

    /// <summary>Parts of what was measured at once: systolic and diastolic.</summary>
    public IReadOnlyList<ReadComponent> Components { get; init; } = [];

    /// <summary>Everything else that was sent and is a plain value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Others { get; init; } = [];

    /// <summary>Tells it from all other readings of its gateway.</summary>
    public string Key => Id ?? $"{Device}|{Code}|{TimeText}";

    /// <summary>Its time as mappings read it.</summary>
    public string TimeText => Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}

/// <param name="Text">The number as sent, with all its digits.</param>
/// <param name="Unit">As sent; empty for none.</param>
internal sealed record ReadQuantity(decimal Value, string Text, string Unit);

/// <summary>One part of a reading.</summary>
internal sealed record ReadComponent(string Code, ReadQuantity Quantity);
