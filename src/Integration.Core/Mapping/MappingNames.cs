using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping;

/// <summary>What names in mappings may look like, for settings that refer to them.</summary>
public static class MappingNames
{
    /// <summary>Whether rows can be called so: at least two small letters, digits and <c>_</c>, a letter first.</summary>
    public static bool IsRowName(string name) => SourcePath.IsRowName(name);
}
