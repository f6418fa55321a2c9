using System.Globalization;
using System.Text;
using Integration.Adapters.Device.Readings;
using Integration.Adapters.Shared.Files;
using Integration.Core.Devices;
using Integration.Core.Intake;

namespace Integration.Adapters.Device;

/// <summary>One gateway: what it posts is in the journal before it gets its answer. Safe for many threads.</summary>
public sealed class DeviceGateway : IInboundAdapter
{
    /// <summary>Readings of one commit: others wait while they are written.</summary>
    private const int Chunk = 500;

    private readonly DeviceFeedOptions _options;
    private readonly DeviceGateways _gateways;
    private readonly IBulkIntake _intake;
    private readonly DeviceBindings _bindings;
    private readonly TimeProvider _time;

    internal DeviceGateway(string feed, DeviceFeedOptions options, DeviceGateways gateways, IBulkIntake intake, DeviceBindings bindings, TimeProvider time)
    {
        Feed = feed;
        (_options, _gateways, _intake, _bindings, _time) = (options, gateways, intake, bindings, time);
    }

    public string Feed { get; }

    public string Description => $"Readings of devices at /api/v1/vitals, by the key of {_options.KeyHolder}";

    public int? Connections => null;

    /// <summary>Longest body that can hold as many readings as are allowed.</summary>
    public int MaxBodyBytes => 64 * 1024 + (_options.MaxReadings * 2 * 1024);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _gateways.Add(_options.KeyHolder, this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _gateways.Remove(_options.KeyHolder, this);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _gateways.Remove(_options.KeyHolder, this);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Takes one reading, or a list of them. Those that cannot be used are named and left out; all others are durable when it returns, each once however often it
    /// is posted.
    /// </summary>
    /// <param name="body">UTF-8 JSON: an object, or an array of at most <see cref="DeviceFeedOptions.MaxReadings"/> objects.</param>
    public async ValueTask<ReadingsAnswer> AcceptAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var read = ReadingReader.ReadAll(body, _options.MaxReadings, _options.Zone, _time.GetUtcNow() + _options.MaxAhead);
        var readings = read.Readings;
        if (readings.Count == 0)
        {
            return new ReadingsAnswer([], read.Errors, RefusedBecause: null) { IsUnreadable = read.IsUnreadable };
        }

        var bindings = await _bindings.FindAsync([.. readings.Select(r => r.Reading.Device).Distinct(StringComparer.Ordinal)], cancellationToken);
        var messages = readings.Select(r => (r.Index, Message: MessageOf(r.Reading, r.Raw, bindings))).ToList();
        foreach (var chunk in messages.Select(m => m.Message).DistinctBy(m => m.Id).Chunk(Chunk))
        {
            if (await _intake.AcceptAllAsync(chunk, [], cancellationToken) is { } refused)
            {
                return new ReadingsAnswer([], read.Errors, refused.Reason);
            }
        }

        return new ReadingsAnswer([.. messages.Select(m => new AcceptedReading(m.Index, m.Message.Id!))], read.Errors, RefusedBecause: null);
    }

    /// <remarks>The id is that of what was said: the same reading again is the same message, a corrected value of the same reading is another.</remarks>
    private InboundMessage MessageOf(DeviceReading reading, ReadOnlyMemory<byte> raw, IReadOnlyDictionary<string, DeviceBindingDocument> bindings) =>
        new(Feed, ReadingParser.FormatName, raw)
        {
            Id = PlaceId.Of(reading.Time, string.Create(CultureInfo.InvariantCulture, $"{Feed}\n{reading.Key}\n{Encoding.UTF8.GetString(raw.Span)}")),
            MessageType = ReadingParser.MessageType,
            Sender = reading.Device,
            PatientKey = ReadingHeaderReader.LaneOf(
                reading, _options.AssigningAuthority, bindings.GetValueOrDefault(reading.Device)?.At(reading.Time)),
        };
}
