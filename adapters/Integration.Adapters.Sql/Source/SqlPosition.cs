namespace Integration.Adapters.Sql.Source;

/// <summary>A place in the order that rows are read in: by watermark, then by key. Rows that share a watermark are told apart by their keys.</summary>
/// <param name="Mark">Value of the watermark column.</param>
/// <param name="Key">Values of the key columns.</param>
internal sealed record SqlPosition(object Mark, IReadOnlyList<object> Key)
{
    /// <summary>Texts of <see cref="SqlMark"/>, the watermark first.</summary>
    public IReadOnlyList<string> Write() => [SqlMark.Write(Mark), .. Key.Select(SqlMark.Write)];

    public static SqlPosition Read(IReadOnlyList<string> texts) => new(SqlMark.Read(texts[0]), [.. texts.Skip(1).Select(SqlMark.Read)]);
}
