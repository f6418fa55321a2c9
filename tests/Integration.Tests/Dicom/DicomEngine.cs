using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Tests.FhirAdapter;

namespace Integration.Tests.Dicom;

/// <summary>What a test of DICOM reads of the engine.</summary>
internal static class DicomEngine
{
    public static async Task<IReadOnlyList<ResourceDocument>> AllOfAsync(this TestEngine engine, string type) =>
        [.. (await engine.AllAsync()).Where(resource => resource.Type == type)];

    public static async Task<IReadOnlyList<JournaledMessage>> MessagesAsync(this TestEngine engine)
    {
        var all = new List<JournaledMessage>();
        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.Messages) { Limit = 500 }, CancellationToken.None))
        {
            all.Add(Collections.Messages.Read(stored));
        }

        return all;
    }
}
