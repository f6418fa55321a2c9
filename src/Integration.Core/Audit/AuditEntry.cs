using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Integration.Core.Audit;

/// <summary>What is to be written down: somebody did something to something.</summary>
/// <param name="Actor">Name of the API key, or of the console session.</param>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Target">Id of what it was done to: a message or an operation. Never a patient's name or number.</param>
/// <param name="Reason">As the actor gave it; empty when none was asked for.</param>
public sealed record AuditNote(string Actor, string Action, string Target, string Reason);

/// <summary>Words of <see cref="AuditNote.Action"/>.</summary>
public static class AuditActions
{
    public const string Replay = "message.replay";
    public const string Discard = "message.discard";
    public const string Correct = "message.correct";
    public const string StartRetry = "operation.retry";
    public const string StartDiscard = "operation.discard";
    public const string StartReplay = "operation.replay";
    public const string Cancel = "operation.cancel";
    public const string Prune = "retention.prune";
    public const string MapCode = "mapping.code";
    public const string ImportCodes = "mapping.codes.import";
    public const string RollBackCodes = "mapping.codes.rollBack";
    public const string Export = "record.export";
    public const string SetWatermark = "feed.watermark";
    public const string ClaimFollowUp = "followUp.claim";
    public const string AssignFollowUp = "followUp.assign";
    public const string ReleaseFollowUp = "followUp.release";
    public const string CommentFollowUp = "followUp.comment";
    public const string AttemptFollowUp = "followUp.attempt";
    public const string FinishFollowUp = "followUp.finish";
    public const string CancelFollowUp = "followUp.cancel";
    public const string ReopenFollowUp = "followUp.reopen";
    public const string OptOut = "consent.optOut";
    public const string Redeliver = "delivery.redeliver";
    public const string AcknowledgeIncident = "incident.acknowledge";
    public const string MuteIncident = "incident.mute";
    public const string BindDevice = "device.bind";
    public const string ReleaseDevice = "device.release";
    public const string Unmerge = "patient.unmerge";
    public const string SetVitalLimits = "vitals.limits";
}

/// <summary>
/// A document of <c>audit</c>. Each holds the hash of the one before, so that none can be altered, left out or put in between without every
/// later hash being wrong.
/// </summary>
public sealed record AuditEntry
{
    /// <summary>Its number, 1 for the first, as 20 digits so that it sorts.</summary>
    public required string Id { get; init; }

    /// <summary>UTC, whole microseconds.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string Actor { get; init; }

    public required string Action { get; init; }

    public required string Target { get; init; }

    public required string Reason { get; init; }

    /// <summary><see cref="Hash"/> of the entry before; 64 zeros for the first.</summary>
    public required string Previous { get; init; }

    /// <summary>SHA-256 over all of the above, 64 hex digits.</summary>
    public required string Hash { get; init; }

    /// <summary><see cref="Previous"/> of the first entry.</summary>
    internal static string Beginning { get; } = new('0', 64);

    public long Number => long.Parse(Id, CultureInfo.InvariantCulture);

    internal static AuditEntry After(AuditEntry? head, AuditNote note, DateTimeOffset now)
    {
        var entry = new AuditEntry
        {
            Id = ((head?.Number ?? 0) + 1).ToString("D20", CultureInfo.InvariantCulture),
            Time = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)),
            Actor = note.Actor,
            Action = note.Action,
            Target = note.Target,
            Reason = note.Reason,
            Previous = head?.Hash ?? Beginning,
            Hash = "",
        };
        return entry with { Hash = HashOf(entry) };
    }

    /// <summary>What <see cref="Hash"/> must be. Each part goes with its length, so that no text can be moved from one into the next.</summary>
    internal static string HashOf(AuditEntry entry)
    {
        var text = new StringBuilder();
        string[] parts = [entry.Previous, entry.Id, entry.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), entry.Actor, entry.Action, entry.Target, entry.Reason];
        foreach (var part in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
