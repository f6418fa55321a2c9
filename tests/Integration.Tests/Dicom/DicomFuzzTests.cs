using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Mpps;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Parsing;
using Integration.Adapters.Dicom.Store;

namespace Integration.Tests.Dicom;

/// <summary>Whatever bytes come: an error or a data set, never an exception, a hang or memory without bound.</summary>
public sealed class DicomFuzzTests
{
    private const int Rounds = 4000;
    private const int Seed = 20261122;

    [Fact]
    public async Task Read_MutatedAndTruncated_GivesAResult()
    {
        var random = new Random(Seed);
        var samples = new[]
        {
            DicomBytes.SliceWithoutPixels(1).ToFile(DicomTransferSyntax.ExplicitLittleEndianUid),
            DicomBytes.SliceWithoutPixels(1).ToFile(DicomTransferSyntax.DeflatedUid),
            DicomBytes.SliceWithoutPixels(1, isExplicit: false).ToFile(DicomTransferSyntax.ImplicitLittleEndianUid),
            DicomBytes.SliceWithoutPixels(1, isBigEndian: true).ToFile(DicomTransferSyntax.ExplicitBigEndianUid),
        };
        var (read, failed) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var result = await DicomReaderTests.ReadAsync(Mutate(samples[random.Next(samples.Length)], random));
            if (result.DataSet is { } set)
            {
                read++;
                Assert.NotNull(DicomJsonReader.Read(DicomJsonWriter.Write(set), out _));
            }
            else
            {
                failed++;
                Assert.NotNull(result.Error);
            }
        }

        Assert.InRange(read, Rounds / 10, Rounds);
        Assert.InRange(failed, Rounds / 10, Rounds);
    }

    [Fact]
    public void AssociationRequestAndCommand_AnyBytes_NeverThrow()
    {
        var random = new Random(Seed);
        var request = DicomCaller.RequestPdu("ANY", "CT", [(1, DicomBytes.CtImageStorage, [DicomTransferSyntax.ImplicitLittleEndianUid])]).AsSpan(6).ToArray();
        var command = DicomCaller.Command(DimseCommand.StoreRequest, DicomBytes.CtImageStorage, "1.2.3", hasDataSet: true);
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            read += AssociationRequest.Read(Mutate(request, random)) is null ? 0 : 1;
            read += DimseCommand.Read(Mutate(command, random)) is { } known && known.Respond(DimseStatus.Success, "").Length > 0 ? 1 : 0;
        }

        Assert.InRange(read, Rounds / 10, 2 * Rounds);
    }

    [Fact]
    public async Task StepAndCommitment_OfMutatedDataSets_NeverThrow()
    {
        var random = new Random(Seed);
        var begun = PerformedStepTests.Begun().ToArray();
        var ended = PerformedStepTests.Ended("COMPLETED").ToArray();
        var request = StorageCommitmentTests.Request().ToArray();
        var (steps, reports) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            if (await ReadAsync(Mutate(begun, random)) is { } told && await ReadAsync(Mutate(ended, random)) is { } more)
            {
                var step = DicomJsonWriter.Write(PerformedStepMessage.Begin("1.2.9", told, "HIS"));
                var whole = DicomJsonWriter.Write(PerformedStepMessage.Continue(Encoding.UTF8.GetString(step), more));
                Assert.Equal(DicomMessage.PerformedStepType, DicomMessage.Of("exams", "HIS", whole).MessageType);
                steps++;
            }

            reports += await ReadAsync(Mutate(request, random)) is { } asked && StorageCommitment.Decline(asked) is { } report && DicomWriter.Write(report.DataSet, isExplicit: true).Length > 0 ? 1 : 0;
        }

        Assert.InRange(steps, Rounds / 10, Rounds);
        Assert.InRange(reports, Rounds / 10, Rounds);
    }

    private static async Task<DicomDataSet?> ReadAsync(byte[] bytes) =>
        (await DicomReader.ReadAsync(new MemoryStream(bytes), DicomTransferSyntax.ExplicitLittleEndian, DicomReadLimits.Usual, CancellationToken.None)).DataSet;

    private static byte[] Mutate(byte[] sample, Random random)
    {
        var bytes = sample.ToArray();
        for (var change = random.Next(0, 4); change > 0; change--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
        }

        return random.Next(3) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }
}
