using Integration.Core.Storage;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Writing;

/// <summary>
/// Decides what becomes of each batch of a group before anything is written, from the documents as found: a MongoDB transaction cannot undo one batch
/// of many. Batches see what those before them do, and of several writes of one document only the last is sent.
/// </summary>
/// <param name="found">Documents that exist of those the group writes.</param>
/// <param name="holders">For each key of a unique index that the group wants, the id that holds it.</param>
internal sealed class GroupPlan(
    Dictionary<(CollectionLayout, string), DocumentState> found, Dictionary<UniqueKey, string> holders, Dictionary<(CollectionLayout, string), List<UniqueKey>> held)
{
    /// <summary>Every document that the group changes, in the order of their first write.</summary>
    public Dictionary<(CollectionLayout Layout, string Id), DocumentState> Changed { get; } = [];

    /// <summary>Carries out a batch on paper.</summary>
    /// <param name="sequence">The last number given out; moved on when the batch holds.</param>
    public CommitResult Apply(PreparedBatch batch, ref long sequence)
    {
        var next = sequence;
        var changes = new Dictionary<(CollectionLayout, string), DocumentState>();
        var keys = new List<(UniqueKey Key, string? Holder)>();
        foreach (var prepared in batch.Writes)
        {
            var document = (prepared.Layout, prepared.Write.Id);
            var state = Changed.GetValueOrDefault(document) ?? found.GetValueOrDefault(document) ?? DocumentState.None;
            if (prepared.Write.ExpectedVersion is { } expected && expected != state.Version)
            {
                return new CommitResult.Conflict(prepared.Layout.Name, prepared.Write.Id, null);
            }

            if (UniqueConflict(prepared, keys) is { } index)
            {
                return new CommitResult.Conflict(prepared.Layout.Name, prepared.Write.Id, index);
            }

            changes[document] = prepared.Write.IsDelete ? Deleted(state) : Written(state, prepared, ++next);
        }

        Keep(changes, keys);
        sequence = next;
        return new CommitResult.Committed(next);
    }

    private void Keep(Dictionary<(CollectionLayout, string), DocumentState> changes, List<(UniqueKey Key, string? Holder)> keys)
    {
        foreach (var (document, state) in changes)
        {
            Changed[document] = state;
        }

        foreach (var (key, holder) in keys)
        {
            if (holder is null)
            {
                holders.Remove(key);
            }
            else
            {
                holders[key] = holder;
            }
        }

        foreach (var document in changes.Keys)
        {
            held[document] = [.. keys.Where(key => key.Holder == document.Item2 && key.Key.Layout == document.Item1).Select(key => key.Key)];
        }
    }

    private static DocumentState Deleted(DocumentState state) =>
        state.Version == 0 && !state.IsTouched ? state : state with { Version = 0, Sequence = 0, Put = null, Payload = null, IsReplaced = true, IsTouched = true };

    private static DocumentState Written(DocumentState state, PreparedWrite prepared, long sequence) => state with
    {
        Version = state.Version + 1,
        Sequence = sequence,
        Put = prepared,
        Payload = prepared.Write.Payload ?? state.Payload,
        IsTouched = true,
    };

    /// <summary>Releases the document's keys and takes those it asks for; the name of the index that another document stands in.</summary>
    private string? UniqueConflict(PreparedWrite prepared, List<(UniqueKey Key, string? Holder)> keys)
    {
        if (prepared.Layout.UniqueIndexes.Count == 0)
        {
            return null;
        }

        foreach (var key in held.GetValueOrDefault((prepared.Layout, prepared.Write.Id)) ?? [])
        {
            keys.Add((key, null));
        }

        foreach (var key in UniqueKey.Of(prepared))
        {
            var change = keys.FindLastIndex(change => change.Key.Equals(key));
            var holder = change >= 0 ? keys[change].Holder : holders.GetValueOrDefault(key);
            if (holder is not null && holder != prepared.Write.Id)
            {
                return key.Index.Name;
            }

            keys.Add((key, prepared.Write.Id));
        }

        return null;
    }
}
