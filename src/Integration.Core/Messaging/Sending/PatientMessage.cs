using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Integration.Core.Messaging.Sending;

/// <summary>What a delivery to a gateway holds: one message to one patient, in the words of each channel that it may go by. JSON, camelCase.</summary>
/// <param name="EventId">Of the event that made it due.</param>
/// <param name="WorkId">Due work that it tells.</param>
/// <param name="PatientId">Golden record of the moment.</param>
/// <param name="Category"><c>service</c> or <c>marketing</c>.</param>
/// <param name="Channels">In the order of trying.</param>
/// <param name="Problem">Why there is nothing to send on any channel; null: there is.</param>
public sealed record PatientMessage(
    string EventId, string WorkId, string PatientId, string Rule, string Template, string Category, string Language, IReadOnlyList<ChannelMessage> Channels, string? Problem)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The channels that it can be sent by.</summary>
    [JsonIgnore]
    public IEnumerable<ChannelMessage> Sendable => Channels.Where(channel => channel.To is not null);

    /// <summary>UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, Readable);
        JsonSerializer.Serialize(writer, this, PatientMessageJson.Default.PatientMessage);
        return buffer.WrittenMemory;
    }

    /// <exception cref="JsonException">The bytes are none.</exception>
    public static PatientMessage Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, PatientMessageJson.Default.PatientMessage) ?? throw new JsonException("It is null.");
}

/// <summary>The message on one channel.</summary>
/// <param name="To">Phone or account; null: it cannot be sent by it, see <paramref name="Skipped"/>.</param>
/// <param name="Text">Empty when it is skipped.</param>
/// <param name="Code">Number of the text with the provider; null: none.</param>
/// <param name="Values">Those that the text puts in, by name.</param>
/// <param name="Skipped">One of <see cref="SkipReasons"/>; null: it is not skipped.</param>
public sealed record ChannelMessage(string Channel, string? To, string Text, string? Code, IReadOnlyDictionary<string, string> Values, string? Skipped)
{
    /// <summary>Subject of a mail; null: the channel has none.</summary>
    public string? Subject { get; init; }
}

/// <summary>Words of <see cref="ChannelMessage.Skipped"/>.</summary>
public static class SkipReasons
{
    /// <summary>The patient has no number or account for it.</summary>
    public const string NoAddress = "noAddress";

    /// <summary>The gateway does not send by it.</summary>
    public const string NoChannel = "noChannel";

    /// <summary>The template has no text for it.</summary>
    public const string NoText = "noText";

    /// <summary>The record lacks a value that the text needs.</summary>
    public const string ValueMissing = "valueMissing";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PatientMessage))]
internal sealed partial class PatientMessageJson : JsonSerializerContext;
