namespace Integration.Core.Mapping.Compilation;

/// <summary>Datatypes with a code's text and system behind it. In others those components hold something else, such as a name.</summary>
internal static class CodedDatatypes
{
    private static readonly HashSet<string> Coded = ["CE", "CF", "CNE", "CWE"];

    /// <summary>Whether a value of these datatypes may be coded and is nothing else.</summary>
    /// <param name="datatypes">Null: any, which says nothing.</param>
    public static bool Holds(IReadOnlyList<string>? datatypes) =>
        datatypes is not null && datatypes.Any(Coded.Contains) && datatypes.All(datatype => Coded.Contains(datatype) || datatype is "ID" or "IS" or "ST");
}
