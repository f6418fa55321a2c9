using System.Net.Sockets;
using System.Security.Authentication;
using Integration.Core.Delivery;
using Integration.Core.Messaging.Sending;
using Integration.Core.Security;

namespace Integration.Adapters.Gateway.Mail;

/// <summary>Gives messages to a mail server, each over a connection of its own. Safe for many threads.</summary>
internal sealed class MailSender(SmtpOptions options, TlsIdentity? tls, TimeProvider time)
{
    /// <summary>
    /// Sends one message. What a server refuses for good (5xx for the recipient or the mail) goes by the next channel; 4xx is tried again; what is
    /// wrong with the connection, the account or the sender's address is nobody's message's fault, and messages wait until it is mended.
    /// </summary>
    public async ValueTask<GatewayAnswer> SendAsync(PatientMessage message, ChannelMessage channel, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (MailAddress.Parse(channel.To!) is not { } to)
        {
            return Of(new SendResult.Rejected("The address is no mail address."), "no mail address");
        }

        var id = $"{SentMessageDocument.IdOf(message.EventId, channel.Channel)}@{options.From[(options.From.LastIndexOf('@') + 1)..]}";
        var mail = MailText.Write(options, id, to, channel.Subject ?? "", channel.Text, message.Category == "marketing" ? options.Unsubscribe : null, time.GetUtcNow());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await SendAsync(to, id, mail, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Of(new SendResult.TimedOut());
        }
        catch (TimeoutException)
        {
            return Of(new SendResult.Unreachable("No TLS handshake in time."));
        }
        catch (SocketException e)
        {
            return Of(new SendResult.Unreachable($"No connection: {e.SocketErrorCode}."));
        }
        catch (AuthenticationException e)
        {
            return Of(new SendResult.Unreachable(e.Message));
        }
        catch (IOException e)
        {
            return Of(new SendResult.Unreachable(e.InnerException is SocketException socket ? $"The connection broke: {socket.SocketErrorCode}." : e.Message));
        }
    }

    private async Task<GatewayAnswer> SendAsync(string to, string id, byte[] mail, CancellationToken cancellationToken)
    {
        await using var session = new SmtpSession();
        if (await session.OpenAsync(options, tls, cancellationToken) is { } closed)
        {
            return Of(closed.Code is 530 or 534 or 535 or 538
                ? new SendResult.Unreachable($"{closed.Shown}. Check Smtp:User and Smtp:Password.")
                : new SendResult.Unreachable($"{closed.Shown} before any mail was given."));
        }

        var sender = await session.AskAsync($"MAIL FROM:<{options.From}>", cancellationToken);
        if (!sender.IsPositive)
        {
            return Of(sender.IsTransient ? Again(sender) : new SendResult.Unreachable($"{sender.Shown} for the sender. Check Smtp:From, and whether the server wants Smtp:User."));
        }

        var recipient = await session.AskAsync($"RCPT TO:<{to}>", cancellationToken);
        if (!recipient.IsPositive)
        {
            return Refusal(recipient, "for the recipient");
        }

        var data = await session.AskAsync("DATA", cancellationToken);
        var taken = data.Code == 354 ? await session.GiveAsync(mail, cancellationToken) : data;
        if (!taken.IsPositive)
        {
            return Refusal(taken, "for the mail");
        }

        try
        {
            await session.AskAsync("QUIT", cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The server answers for the mail since its reply to DATA, however the connection ends.
        }

        return new GatewayAnswer(new SendResult.Accepted(), id, "");
    }

    private static GatewayAnswer Refusal(SmtpReply reply, string what) =>
        reply.IsTransient ? Of(Again(reply)) : Of(new SendResult.Rejected($"{reply.Shown} {what}"), reply.Shown);

    // RFC 5321 §3.8: 421 closes the connection for everybody; the others are about this mail.
    private static SendResult Again(SmtpReply reply) => reply.Code == 421 ? new SendResult.Unreachable(reply.Shown) : new SendResult.Refused(reply.Shown);

    private static GatewayAnswer Of(SendResult result, string reason = "") => new(result, null, reason);
}
