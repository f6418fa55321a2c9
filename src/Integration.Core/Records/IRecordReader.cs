using System.Text.Json.Nodes;

namespace Integration.Core.Records;

/// <summary>Resources of the record, for what is told to other systems. They are not to be changed.</summary>
public interface IRecordReader
{
    /// <summary>The resources that exist of those references (<c>Type/id</c>), in that order.</summary>
    ValueTask<IReadOnlyList<JsonObject>> GetAsync(IReadOnlyList<string> references, CancellationToken cancellationToken);

    /// <summary>The patient's newest resource of a type by effective time; null when there is none.</summary>
    ValueTask<JsonObject?> LatestAsync(string patientId, string type, CancellationToken cancellationToken);
}
