namespace Integration.Core.Storage;

/// <summary>What a batch must be like before an engine is given it, the same for every engine.</summary>
public static class WriteBatchRules
{
    /// <summary>Longest id, in characters.</summary>
    private const int MaxIdLength = 200;

    /// <exception cref="ArgumentException">The batch can never be stored: a value of the wrong type, a document written twice, a bad id.</exception>
    public static void Check(WriteBatch batch)
    {
        foreach (var write in batch.Writes)
        {
            Check(write);
        }

        if (batch.Writes.Count > 1 && batch.WritesTwice)
        {
            throw new ArgumentException("A batch writes one document twice; a batch holds at most one write per document.");
        }
    }

    private static void Check(DocumentWrite write)
    {
        var collection = write.Collection;
        if (write.Id.Length is 0 or > MaxIdLength)
        {
            throw new ArgumentException($"An id of {collection.Name} has {write.Id.Length} characters; 1 to {MaxIdLength} are allowed.");
        }

        if (write.Payload is not null && !collection.HasPayload)
        {
            throw new ArgumentException($"Collection {collection.Name} has no payload.");
        }

        for (var i = 0; i < write.Values?.Length; i++)
        {
            DocumentQueryRules.CheckValue(collection, collection.Fields[i], write.Values[i]);
        }
    }
}
