using System.Text;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Tests.Storage;

public sealed class TemporaryStoreTests
{
    [Fact]
    public async Task OpenAsync_MessageWritten_IsReadBackWithItsPayload()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        var message = new JournaledMessage
        {
            Id = "m1",
            Feed = "his",
            Received = DateTimeOffset.UnixEpoch,
            Format = "hl7v2",
            ContentHash = "00",
            Raw = "MSH|"u8.ToArray(),
        };
        var batch = new WriteBatch();
        batch.Add(Collections.Messages.Put(message, 0, withPayload: true));

        var result = await temporary.Store.CommitAsync(batch, CommitPriority.Intake, CancellationToken.None);
        var stored = await temporary.Store.GetAsync(Collections.Messages, "m1", withPayload: true, CancellationToken.None);

        Assert.IsType<CommitResult.Committed>(result);
        Assert.Equal("his", Collections.Messages.Read(stored!).Feed);
        Assert.Equal("MSH|", Encoding.UTF8.GetString(stored!.Payload.Span));
    }
}
