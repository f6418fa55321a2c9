namespace Integration.Core.Storage;

/// <summary>How much room a store takes.</summary>
/// <param name="Bytes">Of its files, or of its database on the server, indexes and what is free inside among them.</param>
/// <param name="FreeBytes">Of these, what new documents will use before it grows.</param>
/// <param name="Collections">In the order of declaration.</param>
public sealed record StorageFigures(long Bytes, long FreeBytes, IReadOnlyList<CollectionFigures> Collections);

/// <summary>How much of it one collection holds.</summary>
/// <param name="Documents">How many.</param>
/// <param name="ContentBytes">Their bodies and payloads without indexes, estimated from the newest of them.</param>
public sealed record CollectionFigures(string Name, long Documents, long ContentBytes);
