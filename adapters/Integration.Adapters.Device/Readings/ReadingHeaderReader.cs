using System.Text;
using Integration.Core.Devices;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Adapters.Device.Readings;

/// <summary>Reads of a reading what intake needs.</summary>
/// <param name="optionsOf">By feed.</param>
internal sealed class ReadingHeaderReader(Func<string, DeviceFeedOptions> optionsOf) : IHeaderReader
{
    public string Format => ReadingParser.FormatName;

    /// <summary>
    /// Readings of one patient run one after another, since each changes the same record: by the number they name, by the record that the device is bound
    /// to, else by device.
    /// </summary>
    public static string LaneOf(DeviceReading reading, string authority, DeviceBinding? binding) =>
        reading.Patient is { } number ? $"{authority}|{number}" : binding is not null ? $"patients/{binding.PatientId}" : $"devices/{reading.Device}";

    public InboundMessage Read(ReadOnlyMemory<byte> raw, string feed)
    {
        var options = optionsOf(feed);
        var read = ReadingReader.ReadAll(raw, most: 1, options.Zone, DateTimeOffset.MaxValue);
        return read.Readings is [var (_, reading, _)]
            ? new InboundMessage(feed, ReadingParser.FormatName, raw)
            {
                MessageType = ReadingParser.MessageType,
                Sender = reading.Device,
                PatientKey = LaneOf(reading, options.AssigningAuthority, binding: null),
            }
            : new InboundMessage(feed, ReadingParser.FormatName, raw)
            {
                HeaderIssues = [.. read.Errors.Select(error => MessageIssue.Error(IntegrationErrorCode.NotReading, error.Pointer, error.Detail))],
            };
    }

    public byte[]? Encode(string text, string feed, out MessageIssue? issue)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Trim('\uFEFF', '\r', '\n', ' '));
        var header = Read(bytes, feed);
        issue = header.HeaderIssues.Count > 0 ? header.HeaderIssues[0] : null;
        return issue is null ? bytes : null;
    }
}
