using System.Text.Json.Serialization;
using Integration.Core.Storage;
using static Integration.Core.Storage.DocumentFieldType;

namespace Integration.Tests.Storage.Contract;

/// <summary>A document with one field of every type, made for the contract alone.</summary>
internal sealed record Item
{
    public required string Id { get; init; }

    public string? Category { get; init; }

    public long? Amount { get; init; }

    public DateTimeOffset? At { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Body that no field declares.</summary>
    public string? Note { get; init; }

    [JsonIgnore]
    public ReadOnlyMemory<byte> Bytes { get; init; }
}

/// <summary>A document that is unique in (person, slot) besides its id.</summary>
internal sealed record Booking(string Id, string? Person, long? Slot);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(Booking))]
internal sealed partial class ContractJson : JsonSerializerContext;

/// <summary>Collections that only the contract uses.</summary>
internal static class ContractCollections
{
    public static readonly DocumentField Category = new("category", Text);
    public static readonly DocumentField Amount = new("amount", Integer);
    public static readonly DocumentField At = new("at", Time);
    public static readonly DocumentField Tags = new("tags", TextList);
    public static readonly DocumentField Labels = new("labels", TextList);

    public static readonly DocumentCollection<Item> Items = new(
        "items", item => item.Id, ContractJson.Default.Item,
        [(Category, item => item.Category), (Amount, item => item.Amount), (At, item => item.At), (Tags, item => item.Tags), (Labels, item => item.Labels)],
        [
            new("a category by time", [Category, At]),
            new("by amount", [Amount]),
            new("what is new", [DocumentField.Sequence]),
            new("by tag", [Tags]),
            new("by label, newest first", [Labels, At]),
        ],
        item => item.Bytes);

    public static readonly DocumentCollection<Booking> Bookings = new(
        "bookings", booking => booking.Id, ContractJson.Default.Booking,
        [(new("person", Text), booking => booking.Person), (new("slot", Integer), booking => booking.Slot)],
        [new("one booking of a slot by a person", [new("person", Text), new("slot", Integer)], Unique: true)]);

    public static readonly IReadOnlyList<DocumentCollection> All = [Items, Bookings];
}
