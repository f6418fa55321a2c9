namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>Finds the values of a segment that are attachments.</summary>
internal static class Hl7AttachmentFinder
{
    /// <summary>In order; null when there is none, as in nearly every segment.</summary>
    public static Hl7Attachment[]? Find(ReadOnlyMemory<byte> line, Hl7Dialect dialect)
    {
        if (line.Length < Hl7Attachment.LeastBytes)
        {
            return null;
        }

        // Components, the smallest values that can be documents: whatever lies between two delimiters of a higher level.
        ReadOnlySpan<byte> ends = [dialect.Delimiters.Field, dialect.Delimiters.Repetition, dialect.Delimiters.Component];
        var found = new List<Hl7Attachment>();
        var span = line.Span;
        var before = 0..0;
        for (var start = 0; start <= span.Length;)
        {
            var length = span[start..].IndexOfAny(ends);
            length = length < 0 ? span.Length - start : length;
            if (length >= Hl7Attachment.LeastBytes)
            {
                found.Add(Hl7Attachment.Of(line, start, length, span[before], dialect));
            }

            before = start..(start + length);
            start += length + 1;
        }

        return found.Count == 0 ? null : [.. found];
    }
}
