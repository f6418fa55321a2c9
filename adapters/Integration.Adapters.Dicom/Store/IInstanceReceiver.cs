using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;

namespace Integration.Adapters.Dicom.Store;

/// <summary>Takes the metadata of instances. Safe for many threads.</summary>
internal interface IInstanceReceiver
{
    /// <summary>Keeps what an instance says of its study; returns when that is durable.</summary>
    /// <param name="instance">Its data set without pixels, with all four UIDs.</param>
    /// <param name="sender">AE title, already known to be allowed.</param>
    ValueTask<DimseStatus> AcceptAsync(DicomDataSet instance, string sender, CancellationToken cancellationToken);
}
