using Integration.Core.Storage;

namespace Integration.Core.Intake;

/// <summary>The conditions of a search over messages.</summary>
internal static class MessageFilters
{
    private static readonly DocumentField Feed = Collections.Messages.Field("feed");
    private static readonly DocumentField State = Collections.Messages.Field("state");
    private static readonly DocumentField Received = Collections.Messages.Field("received");
    private static readonly DocumentField MessageType = Collections.Messages.Field("messageType");
    private static readonly DocumentField ControlId = Collections.Messages.Field("controlId");
    private static readonly DocumentField PatientId = Collections.Messages.Field("patientId");
    private static readonly DocumentField Marks = Collections.Messages.Field("marks");
    private static readonly DocumentField SearchKeys = Collections.Messages.Field("searchKeys");

    /// <summary>The conditions of a search that are fields of their own: all but <see cref="MessageSearch.Text"/>.</summary>
    public static List<DocumentFilter> Of(MessageSearch search)
    {
        var where = new List<DocumentFilter>();
        AddEqual(Feed, search.Feed);
        AddEqual(State, search.State?.ToString());
        AddEqual(MessageType, search.MessageType);
        AddEqual(Marks, search.Cause);
        AddEqual(Marks, search.Mark);
        if (search.From is not null || search.Below is not null)
        {
            where.Add(new DocumentFilter.Range(Received, search.From, search.Below));
        }

        return where;

        void AddEqual(DocumentField field, string? value)
        {
            if (value is not null)
            {
                where.Add(new DocumentFilter.Equal(field, value));
            }
        }
    }

    /// <summary>What <see cref="MessageSearch.Text"/> asks for. One box, many kinds of key: the first kind that knows the text answers, so that each search uses one index.</summary>
    public static async ValueTask<DocumentFilter> OfTextAsync(IDocumentStore store, string text, CancellationToken cancellationToken)
    {
        var folded = MessageSearchKeys.Fold(text);
        DocumentFilter[] kinds =
        [
            new DocumentFilter.Equal(DocumentField.Id, text),
            new DocumentFilter.Equal(ControlId, text),
            new DocumentFilter.Equal(PatientId, text),
            new DocumentFilter.Equal(SearchKeys, folded),
            new DocumentFilter.Equal(SearchKeys, Records.SearchKeys.PhoneDigits(text)),
        ];
        foreach (var kind in kinds)
        {
            if (await store.CountAsync(Collections.Messages, [kind], atMost: 1, cancellationToken) > 0)
            {
                return kind;
            }
        }

        // Only names are known by their beginnings, of which a Chinese surname is one. A number's would be that of very many, and a letter's too.
        return (folded.Length > 1 || folded is [> '\u2E80']) && !folded.Any(char.IsAsciiDigit)
            ? new DocumentFilter.StartsWith(SearchKeys, folded)
            : new DocumentFilter.Equal(SearchKeys, folded);
    }
}
