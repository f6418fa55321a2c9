using Integration.Adapters.Fhir.Import;

namespace Integration.Host.Commands.Import;

/// <summary>Where an import goes. Not for many threads.</summary>
internal interface IImportTarget : IAsyncDisposable
{
    /// <summary>How often each byte of a file is read.</summary>
    int Passes { get; }

    /// <summary>Takes a file in; what it holds is durable when this returns.</summary>
    /// <param name="advance">Called with bytes read.</param>
    Task<FhirImportedFile> TakeAsync(FileInfo file, Action<long> advance, CancellationToken cancellationToken);

    /// <summary>Waits until what was taken in is in the record.</summary>
    /// <returns>Messages that failed and wait for an operator; null: to be seen at the engine.</returns>
    Task<long?> FinishAsync(CancellationToken cancellationToken);
}
