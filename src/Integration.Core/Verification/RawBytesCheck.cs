using System.Security.Cryptography;
using Integration.Core.Intake;
using Integration.Core.Retention;
using Integration.Core.Storage;

namespace Integration.Core.Verification;

/// <summary>Whether every message still has the bytes that came: beside it, in a compressed block or in parts.</summary>
internal sealed class RawBytesCheck(IDocumentStore store, Action<string, string, string> report)
{
    /// <summary>Read with their bytes, up to a megabyte each.</summary>
    public const int MessagesAPage = 64;

    private readonly Dictionary<string, int> _blocks = new(StringComparer.Ordinal);

    public async ValueTask CheckAsync(JournaledMessage message, CancellationToken cancellationToken)
    {
        if (message.RawIn is { } place)
        {
            _blocks[place.Block] = _blocks.GetValueOrDefault(place.Block) + 1;
        }

        // A duplicate brought what its first copy has brought.
        if (message.RawBytes == 0)
        {
            return;
        }

        ReadOnlyMemory<byte> raw;
        try
        {
            raw = message.RawIn is { } inBlock ? await RawBlock.ReadAsync(store, inBlock, message.RawBytes, cancellationToken)
                : LongContent.IsLong(message.RawBytes) ? await LongContent.ReadAsync(store, message.ContentHash, message.RawBytes, cancellationToken)
                : message.Raw;
        }
        catch (InvalidDataException e)
        {
            report(FindingKinds.RawBytesMissing, message.Id, e.Message);
            return;
        }

        if (raw.IsEmpty)
        {
            report(FindingKinds.RawBytesMissing, message.Id, "");
        }
        else if (Convert.ToHexStringLower(SHA256.HashData(raw.Span)) != message.ContentHash)
        {
            report(FindingKinds.RawBytesDiffer, message.Id, "");
        }
    }

    /// <summary>Call it for every block, when every message was checked.</summary>
    public void CheckCounts(IEnumerable<RawBlock> blocks)
    {
        foreach (var block in blocks)
        {
            var referring = _blocks.GetValueOrDefault(block.Id);
            if (referring != block.Messages)
            {
                report(FindingKinds.BlockCountsWrong, block.Id, $"{block.Messages} counted, {referring} refer to it");
            }
        }
    }
}
