using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Integration.Core.Feeds;

/// <summary>A document of <c>sourceRows</c>: what was last handed over of one row of a source, or of a head with its lines. By it changes and deletes are found.</summary>
public sealed record SourceRowDocument
{
    /// <summary>Made of feed and key.</summary>
    [JsonIgnore]
    public string Id => IdOf(Feed, Key);

    public required string Feed { get; init; }

    /// <summary>Its key columns in the source, joined by <c>|</c>.</summary>
    public required string Key { get; init; }

    /// <summary>32 hex digits over all its values; empty for a row that is gone from the source.</summary>
    public string Hash { get; init; } = "";

    /// <summary>How often it was handed over, its deletion included.</summary>
    public int Changes { get; init; }

    /// <summary>Id of the message that it was last handed over in.</summary>
    public required string MessageId { get; init; }

    /// <summary>The id under which a key is kept; 32 hex digits behind the feed's name, whatever the key looks like.</summary>
    public static string IdOf(string feed, string key) => $"{feed}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32]}";
}
