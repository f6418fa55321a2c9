using Integration.Core.Parsing;

namespace Integration.Core.Devices;

/// <summary>A parsed message that is one reading of one device. Where it names no patient, the device's binding says whose it is.</summary>
public interface IDeviceReading : ISourceDocument
{
    /// <summary>Id of the device, as bindings name it.</summary>
    string Device { get; }

    /// <summary>When it was measured (UTC).</summary>
    DateTimeOffset Time { get; }
}
