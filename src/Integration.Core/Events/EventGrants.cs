namespace Integration.Core.Events;

/// <summary>Which categories of data a receiver may see.</summary>
/// <param name="Categories">Beside <see cref="DataCategory.Plain"/>, which everybody may.</param>
public sealed record EventGrants(IReadOnlyList<DataCategory> Categories)
{
    /// <summary>Ids, states, times and counts alone: the default.</summary>
    public static readonly EventGrants PlainOnly = new([]);

    /// <summary>Whether properties of the category may be seen.</summary>
    public bool Covers(DataCategory category) => category == DataCategory.Plain || Categories.Contains(category);
}
