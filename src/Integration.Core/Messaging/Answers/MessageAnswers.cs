using System.Security.Cryptography;
using System.Text;
using Integration.Core.Delivery;
using Integration.Core.FollowUps.Work;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Messaging.Sending;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Messaging.Answers;

/// <summary>What became of one receipt or reply.</summary>
public enum AnswerOutcome
{
    /// <summary>It was taken; again and again changes nothing.</summary>
    Taken,

    /// <summary>Nothing that was sent fits it.</summary>
    Unknown,
}

/// <summary>What providers and patients answer to messages. Each answer taken twice changes nothing. Safe for many threads.</summary>
public sealed partial class MessageAnswers(
    SentMessages sent, DeliveryOutbox deliveries, FollowUpStore followUps, FollowUpActions actions, OptOuts optOuts, TimeProvider clock, ILogger<MessageAnswers> logger)
{
    private const int MostTries = 20;
    private const int LongestReply = 2000;

    /// <summary>Marks a message delivered or failed; one that failed goes by the next channel, or its work to a person when none is left.</summary>
    /// <param name="gateway">Name of the destination.</param>
    public async ValueTask<AnswerOutcome> TakeReceiptAsync(string gateway, ReceiptFormat format, ProviderReceipt receipt, CancellationToken cancellationToken)
    {
        SentMessageState? told = format.Delivered.Contains(receipt.Status) ? SentMessageState.Delivered : format.Failed.Contains(receipt.Status) ? SentMessageState.Failed : null;
        for (var i = 0; i < MostTries; i++)
        {
            if (await sent.OfReceiptAsync(gateway, receipt.MessageId, cancellationToken) is not var (message, version))
            {
                return AnswerOutcome.Unknown;
            }

            // An interim state; or the end is known already: what arrived cannot fail any more.
            if (told is not { } state || message.State == SentMessageState.Delivered)
            {
                return AnswerOutcome.Taken;
            }

            if (message.State == state)
            {
                await TryNextAsync(message, cancellationToken);
                return AnswerOutcome.Taken;
            }

            var after = message with { State = state, Reason = state == SentMessageState.Failed ? receipt.Reason ?? receipt.Status : null };
            if (await sent.NoteAsync(after, version, handOver: state == SentMessageState.Failed && message.Next.Count == 0, cancellationToken))
            {
                await TryNextAsync(after, cancellationToken);
                return AnswerOutcome.Taken;
            }
        }

        throw new Storage.StoreUnavailableException("Others changed the message at each try.");
    }

    /// <summary>An opt-out is kept in the record of everybody who was written to at that address; any other reply becomes a comment on the newest work that was told there.</summary>
    public async ValueTask<AnswerOutcome> TakeReplyAsync(string gateway, ProviderReply reply, CancellationToken cancellationToken)
    {
        var told = await sent.ToAsync(reply.From, cancellationToken);
        if (told.Count == 0)
        {
            return AnswerOutcome.Unknown;
        }

        if (OptOutWords.Is(reply.Text))
        {
            // Who answers marketing wants no marketing; who answers anything else wants no messages.
            var category = told[0].Category == "marketing" ? FollowUps.Sweeping.ContactConsents.Marketing : FollowUps.Sweeping.ContactConsents.Contact;
            foreach (var patientId in told.Select(message => message.PatientId).Distinct(StringComparer.Ordinal))
            {
                await optOuts.SetAsync(patientId, category, gateway, cancellationToken);
            }

            LogOptedOut(gateway, category);
            return AnswerOutcome.Taken;
        }

        var text = reply.Text.Length <= LongestReply ? reply.Text : reply.Text[..LongestReply];
        await CommentAsync(told[0].WorkId, $"{gateway} {MarkOf(reply)}", text, gateway, cancellationToken);
        return AnswerOutcome.Taken;
    }

    /// <summary>The delivery is taken up again; whatever failed is left out.</summary>
    private async ValueTask TryNextAsync(SentMessageDocument message, CancellationToken cancellationToken)
    {
        if (message is { State: SentMessageState.Failed, Next.Count: > 0 } && await deliveries.GetAsync(message.DeliveryId, withContent: false, cancellationToken) is { Delivery.State: DeliveryState.Done })
        {
            await deliveries.RetryAsync(message.DeliveryId, withDone: true, cancellationToken);
        }
    }

    private async ValueTask CommentAsync(string workId, string by, string text, string gateway, CancellationToken cancellationToken)
    {
        if (await followUps.GetAsync(workId, cancellationToken) is var (work, _) && !work.Comments.Any(comment => comment.By == by))
        {
            await actions.CommentAsync(workId, by, text, gateway, cancellationToken);
        }
    }

    /// <summary>The same in every repeat of a reply.</summary>
    private string MarkOf(ProviderReply reply) => reply.Id ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{AddressKey.Of(reply.From)}\n{reply.Text}\n{clock.GetUtcNow().ToUnixTimeSeconds() / 60}"))).AsSpan(0, 8));

    [LoggerMessage(12402, LogLevel.Information, "Gateway {Gateway}: a patient opted out of {Category} by an answer")]
    private partial void LogOptedOut(string gateway, string category);
}
