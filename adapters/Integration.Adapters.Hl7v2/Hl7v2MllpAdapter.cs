using System.Net;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2;

/// <summary>A feed of HL7 v2 messages over MLLP: reads the header, hands the bytes to intake, answers what intake decided.</summary>
internal sealed class Hl7v2MllpAdapter : IInboundAdapter, IMllpMessageHandler
{
    private readonly IMessageIntake _intake;
    private readonly Hl7ReadingOptions _reading;
    private readonly int _maxMessageBytes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MllpListener _listener;

    public Hl7v2MllpAdapter(string feed, Hl7v2AdapterOptions options, IMessageIntake intake, TimeProvider time, ILogger logger)
    {
        Feed = feed;
        _intake = intake;
        _reading = options.Reading;
        _maxMessageBytes = options.MaxMessageBytes;
        _time = time;
        _logger = logger;
        _listener = new(feed, new(options.Listen, options.MaxMessageBytes, options.IdleTimeout, options.MaxConnections), this, logger);
        Description = $"MLLP server on {options.Listen}";
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => _listener.Connections;

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint => _listener.LocalEndpoint;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _listener.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    public async ValueTask<byte[]> AnswerAsync(byte[] message, CancellationToken cancellationToken)
    {
        var header = Hl7Header.Read(message, Feed, _reading);
        var result = await _intake.AcceptAsync(
            new InboundMessage(Feed, Hl7Parser.FormatName, message)
            {
                MessageType = header.MessageType,
                ControlId = header.ControlId,
                Sender = header.Sender,
                SequenceNumber = header.SequenceNumber,
                PatientKey = header.PatientKey,
                HeaderIssues = header.Issues,
            },
            cancellationToken);
        if (result is IntakeResult.Quarantined { Issues: [var issue, ..] } quarantined)
        {
            MllpLog.Quarantined(_logger, Feed, header.ControlId, issue.Code.ToString(), issue.Place, quarantined.MessageId);
        }
        else if (result is IntakeResult.Refused refused)
        {
            MllpLog.Refused(_logger, Feed, header.ControlId, refused.Reason);
        }

        return Hl7AckBuilder.Build(header, result, Now(), NewControlId());
    }

    public byte[] RefuseTooLong(byte[] beginning)
    {
        var header = Hl7Header.Read(beginning, Feed, _reading);
        var issue = MessageIssue.Error(
            IntegrationErrorCode.FrameTooLong, "",
            $"The message is longer than {_maxMessageBytes} bytes and was not stored. Raise Feeds:{Feed}:MaxMessageBytes if it is wanted.");
        return Hl7AckBuilder.Build(header, AcknowledgmentCode.AR, [issue], Now(), NewControlId());
    }

    private DateTimeOffset Now() => TimeZoneInfo.ConvertTime(_time.GetUtcNow(), _reading.TimeZone);

    /// <summary>Twenty characters, the most that MSH-10 holds before v2.7: 48 bits of time, then random ones.</summary>
    private static string NewControlId() => Guid.CreateVersion7().ToString("N")[..20];
}
