namespace Integration.Adapters.Dicom.Studies;

/// <summary>Settings of feeds of imaging studies that only mappings read: where the pictures are. See <see cref="Core.Mapping.FeedContext"/>.</summary>
internal static class ImagingLinks
{
    public static IReadOnlyList<string> Keys { get; } = ["ViewerUrl", "WadoUrl"];
}
