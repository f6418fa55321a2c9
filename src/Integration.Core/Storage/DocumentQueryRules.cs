namespace Integration.Core.Storage;

/// <summary>What a question must be like before an engine is asked it, the same for every engine.</summary>
public static class DocumentQueryRules
{
    /// <summary>Documents of a page at most.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>Groups of a count at most.</summary>
    public const int MaxGroups = 1_000;

    /// <summary>Values of one In at most.</summary>
    private const int MaxInValues = 10_000;

    /// <exception cref="ArgumentException">The query names what its collection does not declare, or its limit is out of range.</exception>
    public static void Check(DocumentQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, MaxLimit);
        CheckFilters(query.Collection, query.Where);
        foreach (var sort in query.OrderBy)
        {
            CheckField(query.Collection, sort.Field);
            if (sort.Field.Type == DocumentFieldType.TextList)
            {
                throw new ArgumentException($"Field {sort.Field.Name} of {query.Collection.Name} is a list; lists cannot be sorted by.");
            }
        }
    }

    /// <exception cref="ArgumentException">A filter names a field that is not declared, or a value of another type.</exception>
    public static void CheckFilters(DocumentCollection collection, IReadOnlyList<DocumentFilter> filters)
    {
        foreach (var filter in filters)
        {
            CheckField(collection, filter.Field);
            var scalar = filter.Field.Type == DocumentFieldType.TextList ? filter.Field with { Type = DocumentFieldType.Text } : filter.Field;
            foreach (var value in Values(filter))
            {
                CheckValue(collection, scalar, value);
            }

            if (filter is DocumentFilter.In { Values.Count: > MaxInValues })
            {
                throw new ArgumentException($"An In on {filter.Field.Name} of {collection.Name} has more than {MaxInValues} values.");
            }

            if (filter is DocumentFilter.StartsWith && scalar.Type != DocumentFieldType.Text)
            {
                throw new ArgumentException($"Field {filter.Field.Name} of {collection.Name} is no text; StartsWith needs one.");
            }
        }
    }

    /// <exception cref="ArgumentException">There is nothing to group by, or a field that cannot be.</exception>
    public static void CheckGroups(DocumentCollection collection, IReadOnlyList<DocumentField> by)
    {
        if (by.Count == 0)
        {
            throw new ArgumentException("There is no field to group by.", nameof(by));
        }

        foreach (var field in by)
        {
            CheckField(collection, field);
            if (field.Type == DocumentFieldType.TextList)
            {
                throw new ArgumentException($"Field {field.Name} of {collection.Name} is a list; lists cannot be grouped by.");
            }
        }
    }

    /// <summary>Refuses a value whose type is not the declared one, so that no engine ever meets one.</summary>
    public static void CheckValue(DocumentCollection collection, DocumentField field, object? value)
    {
        var fits = (field.Type, value) switch
        {
            (_, null) => true,
            (DocumentFieldType.Text, string) => true,
            (DocumentFieldType.Integer, long or int) => true,
            (DocumentFieldType.Time, DateTimeOffset) => true,
            (DocumentFieldType.TextList, IEnumerable<string> list) => list.All(text => text is not null),
            _ => false,
        };

        if (!fits)
        {
            throw new ArgumentException($"Field {field.Name} of {collection.Name} is declared as {field.Type}; a {value!.GetType().Name} does not fit.");
        }
    }

    /// <summary>The values that a filter compares with.</summary>
    public static IEnumerable<object?> Values(DocumentFilter filter) => filter switch
    {
        DocumentFilter.Equal equal => [equal.Value],
        DocumentFilter.In @in => (IEnumerable<object?>)@in.Values,
        DocumentFilter.Range range => [range.From, range.Below],
        DocumentFilter.StartsWith startsWith => [startsWith.Prefix],
        _ => [],
    };

    /// <summary>
    /// The sort keys of a checked query that decide anything: without those that a filter fixes or that are repeated, down to the first that no two
    /// documents share.
    /// </summary>
    public static List<DocumentSort> SortKeys(DocumentQuery query)
    {
        var keys = new List<DocumentSort>();
        foreach (var sort in query.OrderBy)
        {
            var isFixed = query.Where.Any(filter => filter is DocumentFilter.Equal && filter.Field == sort.Field);
            if (!isFixed && keys.All(key => key.Field != sort.Field))
            {
                keys.Add(sort);
            }
        }

        // Following the direction of the key before it lets one index serve the whole order.
        keys.Add(new DocumentSort(DocumentField.Id, query.OrderBy.Count > 0 && query.OrderBy[^1].Descending));
        return keys[..(keys.FindIndex(key => IsUnshared(key.Field)) + 1)];
    }

    /// <summary>Whether no two documents of a collection have the same value, and none lacks it.</summary>
    public static bool IsUnshared(DocumentField field) => field == DocumentField.Id || field == DocumentField.Sequence;

    private static void CheckField(DocumentCollection collection, DocumentField field)
    {
        if (collection.Field(field.Name) != field)
        {
            throw new ArgumentException($"Collection {collection.Name} declares {field.Name} as {collection.Field(field.Name).Type}, not {field.Type}.");
        }
    }
}
