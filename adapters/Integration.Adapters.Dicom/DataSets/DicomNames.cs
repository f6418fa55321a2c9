namespace Integration.Adapters.Dicom.DataSets;

/// <summary>Names of persons as people read them. DICOM PS3.5 §6.2.1.</summary>
internal static class DicomNames
{
    /// <summary>In characters where it has them; else prefix, given name, middle name, family name and suffix.</summary>
    /// <param name="name">Up to three groups of five components each; may be empty.</param>
    public static string Readable(string name)
    {
        var group = Piece(name, '=', 2) is { Length: > 0 } characters ? characters : Piece(name, '=', 1);
        return group.Any(c => c >= 0x2E80)
            ? Piece(group, '^', 1) + Piece(group, '^', 2)
            : string.Join(' ', new[] { 4, 2, 3, 1, 5 }.Select(part => Piece(group, '^', part)).Where(part => part.Length > 0));
    }

    /// <param name="number">From 1; 0: all of it.</param>
    /// <returns>Empty where there are fewer.</returns>
    public static string Piece(string text, char separator, int number) =>
        number == 0 ? text : text.Split(separator) is var pieces && number <= pieces.Length ? pieces[number - 1] : "";
}
