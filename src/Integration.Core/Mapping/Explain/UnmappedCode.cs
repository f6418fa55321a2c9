namespace Integration.Core.Mapping.Explain;

/// <summary>A code of a message that its code map does not list.</summary>
/// <param name="CodeMap">e.g. <c>AdministrativeSex</c>.</param>
/// <param name="Code">As sent; at most <see cref="LongestText"/> characters of it.</param>
/// <param name="Text">The source's own words for it, where it sent some; null else.</param>
/// <param name="System">The coding system the source named; null when it named none.</param>
/// <param name="Place">Where in the message, <c>PID-8</c>.</param>
public sealed record UnmappedCode(string CodeMap, string Code, string? Text, string? System, string Place)
{
    /// <summary>Longer texts are no codes; what is kept of them is enough to find them again.</summary>
    public const int LongestText = 200;
}
