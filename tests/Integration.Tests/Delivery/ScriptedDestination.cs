using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Outbound;
using Integration.Core.Records;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Delivery;

/// <summary>A destination that answers as a test says and keeps what it was sent. Time passes on the test's clock only.</summary>
internal sealed class ScriptedDestination(StepClock clock) : IMessageAdapter, IOutboundAdapterFactory
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers the n-th attempt, from 1; gets the control id and the time it may take.</summary>
    public Func<int, string, TimeSpan, SendResult> Answer { get; set; } = (_, _, _) => new SendResult.Accepted();

    /// <summary>Content for which building fails.</summary>
    public string? Unbuildable { get; set; }

    public List<(string ControlId, string Content)> Sent { get; } = [];

    /// <summary>What the last message that was built told the loss of; null when it knew of nothing before.</summary>
    public string? Before { get; private set; }

    /// <summary>It is told events instead of messages.</summary>
    public bool SendsEvents { get; set; }

    public int MaxParallel => SendsEvents ? 8 : 1;

    public string Name => "Scripted";

    public string Description => "a script";

    public StepClock Clock => clock;

    /// <summary>A receiver that takes so long for each answer.</summary>
    public SendResult AnswerAfter(TimeSpan answerTime, TimeSpan timeout)
    {
        clock.Advance(answerTime < timeout ? answerTime : timeout);
        return answerTime < timeout ? new SendResult.Accepted() : new SendResult.TimedOut();
    }

    public ValueTask<OutboundContent> BuildAsync(OutboundSubject subject, string controlId, IRecordReader records, CancellationToken cancellationToken)
    {
        var text = subject.Focus.ToJsonString(Readable);
        Before = subject.Before?.ToJsonString(Readable);
        return new(Unbuildable is { } bad && text.Contains(bad, StringComparison.Ordinal)
            ? new OutboundContent(default, [MessageIssue.Error(IntegrationErrorCode.CharacterNotInCharset, "PID-5[1].1", "No such character.")])
            : new OutboundContent(Encoding.UTF8.GetBytes($"{subject.Trigger} {text}"), []));
    }

    public ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (Sent)
        {
            Sent.Add((controlId, Encoding.UTF8.GetString(content.Span)));
            return new(Answer(Sent.Count, controlId, timeout));
        }
    }

    public IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context) => [];

    public IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context) => this;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
