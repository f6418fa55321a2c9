using System.Net.Sockets;
using System.Security.Authentication;
using Integration.Adapters.Gateway.Mail;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Messaging.Sending;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Gateway;

/// <summary>
/// Sends messages to patients by the channels that a gateway's file describes. Channels are tried in the order of the rule; what one rejects for good goes by
/// the next, and when none is left a person gets the work.
/// </summary>
internal sealed partial class GatewayDestination : IPatientMessageAdapter
{
    private const int MostOfAnAnswer = 64 * 1024;

    private readonly DestinationOptions _destination;
    private readonly GatewayOptions _options;
    private readonly MessagingCatalog _messaging;
    private readonly Func<MessageComposer> _composer;
    private readonly Func<SentMessages> _sent;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TlsIdentity? _tls;
    private readonly HttpClient _client;
    private readonly MailSender? _mail;

    public GatewayDestination(
        DestinationOptions destination, GatewayOptions options, MessagingCatalog messaging, Func<MessageComposer> composer, Func<SentMessages> sent, TimeProvider time, ILogger logger)
    {
        (_destination, _options, _messaging, _composer, _sent, _time, _logger) = (destination, options, messaging, composer, sent, time, logger);
        var smtp = options.Smtp;
        var needsTls = options.Tls is not null || smtp is { Security: not SmtpSecurity.None };
        _tls = !needsTls ? null : new TlsIdentity($"Destination {destination.Name}", options.Tls ?? new TlsOptions(), time, logger);
        _client = new HttpClient(_tls?.CreateHttpHandler(NewHandler) ?? NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _mail = smtp is null ? null : new MailSender(smtp, _tls, time);
    }

    public string Description => $"{string.Join(", ", Gateway.Channels.Keys)} by gateway {_options.Gateway}";

    public CertificateStatus? Certificate => _tls?.Status;

    public string? CallbackSecret => Gateway.Authentication is { } proof ? _options.Secrets.GetValueOrDefault(proof.Secret) : null;

    public GatewayDefinition Gateway => _messaging.Current.Gateways[_options.Gateway];

    public bool Wants(EventDocument e) =>
        e.Type == FollowUpEvents.Due.Name && e.PatientId is not null && (string?)e.Data["mode"] == "auto"
        && (e.Data["audience"] is not System.Text.Json.Nodes.JsonArray audience || audience.Any(who => (string?)who == "patient"));

    public async ValueTask<OutboundContent> BuildAsync(EventDocument e, CancellationToken cancellationToken) =>
        new((await _composer().ComposeAsync(e, Gateway, cancellationToken)).Write(), []);

    public IReadOnlyList<ConfigurationProblem> Check(MessagingSet messaging, FollowUpRuleSet rules) => messaging.Gateways.TryGetValue(_options.Gateway, out var gateway)
        ? [.. GatewayOptions.Lacking(_destination.Name, gateway, _options), .. messaging.Check(_options.Gateway, _messaging.Shown, _destination.Grants, rules)]
        : [new ConfigurationProblem($"{_messaging.Shown}/{MessagingSet.GatewaysFolder}/{_options.Gateway}.yaml", $"Destination {_destination.Name} sends by it, but it is gone.", "Restore the file.")];

    public async ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var message = PatientMessage.Read(content.Span);
        if (message.Problem is { } problem)
        {
            await _sent().HandOverAsync(message, _destination.Name, problem, cancellationToken);
            LogHandedOver(_destination.Name, message.WorkId);

            // A patient without a number is nothing that ops staff could mend.
            return message.Channels.Count > 0 && message.Channels.All(channel => channel.Skipped is SkipReasons.NoAddress or SkipReasons.NoChannel)
                ? new SendResult.Accepted()
                : new SendResult.Rejected(problem);
        }

        var known = await _sent().OfEventAsync(message, cancellationToken);
        var channels = message.Sendable.ToList();

        // All failed, and it is sent again: a person has mended something and wants it tried afresh.
        var isAfresh = channels.TrueForAll(channel => known.GetValueOrDefault(channel.Channel) is { State: SentMessageState.Failed });
        var refusals = new List<string>();
        for (var i = 0; i < channels.Count; i++)
        {
            switch (known.GetValueOrDefault(channels[i].Channel)?.State)
            {
                case SentMessageState.Sent or SentMessageState.Delivered:
                    return new SendResult.Accepted();
                case SentMessageState.Failed when !isAfresh:
                    continue;
            }

            if (!Gateway.Channels.TryGetValue(channels[i].Channel, out var how))
            {
                continue;   // taken out of the gateway's file since the message was made
            }

            var answer = how.Url is not null ? await AskAsync(message, channels[i], how, timeout, cancellationToken)
                : _mail is not null ? await _mail.SendAsync(message, channels[i], timeout, cancellationToken)
                : new GatewayAnswer(new SendResult.Unreachable("The gateway writes mail, and no mail server is set. Check Smtp:Host."), null, "");
            var isLast = i == channels.Count - 1;
            switch (answer.Result)
            {
                case SendResult.Accepted:
                    await _sent().NoteAsync(DocumentOf(message, channels, i, answer, SentMessageState.Sent), version: null, handOver: false, cancellationToken);
                    return answer.Result;
                case SendResult.Rejected rejected:
                    await _sent().NoteAsync(DocumentOf(message, channels, i, answer, SentMessageState.Failed), version: null, handOver: isLast, cancellationToken);
                    refusals.Add($"{channels[i].Channel}: {rejected.Text}");
                    break;
                default:
                    return answer.Result;
            }
        }

        LogHandedOver(_destination.Name, message.WorkId);
        return new SendResult.Rejected(refusals.Count > 0 ? $"No channel is left. {string.Join("; ", refusals)}" : "No channel is left.");
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _tls?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,   // a redirect would carry messages where nobody asked for them
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),   // so that a changed name or certificate is noticed
    };

    private SentMessageDocument DocumentOf(PatientMessage message, List<ChannelMessage> channels, int index, GatewayAnswer answer, SentMessageState state) => new()
    {
        Id = SentMessageDocument.IdOf(message.EventId, channels[index].Channel),
        Gateway = _destination.Name,
        Channel = channels[index].Channel,
        EventId = message.EventId,
        DeliveryId = DeliveryDocument.IdOf(message.EventId, _destination.Name, FollowUpEvents.Due.Name, $"followUps/{message.WorkId}"),
        WorkId = message.WorkId,
        PatientId = message.PatientId,
        Category = message.Category,
        To = AddressKey.Of(channels[index].To!),
        Next = [.. channels.Skip(index + 1).Select(channel => channel.Channel)],
        ProviderId = answer.MessageId,
        State = state,
        Reason = state == SentMessageState.Failed && answer.Reason.Length > 0 ? answer.Reason : null,
        Sent = _time.GetUtcNow(),
    };

    private async ValueTask<GatewayAnswer> AskAsync(PatientMessage message, ChannelMessage channel, GatewayChannel how, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using var request = new GatewayRequest(_options, message, channel, _time.GetUtcNow(), _messaging.Zone).Make(how);
            if (request is null)
            {
                return new GatewayAnswer(new SendResult.Unreachable($"The address of channel {channel.Channel} is no http address. Check Url and the gateway's file."), null, "");
            }

            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var buffer = new byte[MostOfAnAnswer];
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit.Token);
            return GatewayAnswer.Read(how, (int)response.StatusCode, response.Headers.RetryAfter, buffer.AsSpan(0, length), _time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new GatewayAnswer(new SendResult.TimedOut(), null, "");
        }
        catch (HttpRequestException e)
        {
            return new GatewayAnswer(new SendResult.Unreachable(ReasonOf(e)), null, "");
        }
        catch (IOException)
        {
            return new GatewayAnswer(new SendResult.Unreachable("The connection broke before the answer."), null, "");
        }
    }

    private static string ReasonOf(HttpRequestException e) => e.InnerException switch
    {
        SocketException socket => $"No connection: {socket.SocketErrorCode}.",
        AuthenticationException => "TLS: the certificate is not trusted, or the two agree on no version.",
        _ => $"The connection broke: {e.HttpRequestError}.",
    };

    [LoggerMessage(12401, LogLevel.Information, "Destination {Destination}: no channel is left for work {WorkId}; a person gets it")]
    private partial void LogHandedOver(string destination, string workId);
}
