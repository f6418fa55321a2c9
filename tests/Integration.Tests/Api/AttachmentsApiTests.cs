using System.Net;
using Integration.Core.Attachments;
using Integration.Core.Intake;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api;

public sealed class AttachmentsApiTests
{
    [Fact]
    public async Task Get_Attachment_GivesItsContentAndType()
    {
        await using var host = await ApiHost.StartAsync();
        var content = new byte[2_500_000];
        new Random(1).NextBytes(content);
        var attachment = new MemoryAttachment(content);
        var message = new JournaledMessage { Id = "m1", Feed = "ris", Received = DateTimeOffset.UnixEpoch, Format = "hl7v2", ContentHash = "" };
        await host.App.Services.GetRequiredService<AttachmentStore>().KeepAsync(attachment, message, TestContext.Current.CancellationToken);

        var answer = await host.Client.GetAsync($"/api/v1/attachments/{attachment.Reference.Id}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("application/pdf", (long?)content.Length), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentLength));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(content, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_UnknownOrWithoutKey_IsRefused()
    {
        await using var host = await ApiHost.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/api/v1/attachments/none", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Anonymous.GetAsync("/api/v1/attachments/none", TestContext.Current.CancellationToken)).StatusCode);
    }

    private sealed class MemoryAttachment(byte[] content) : ISourceAttachment
    {
        public AttachmentReference Reference { get; } = new(new string('a', 64), content.Length, "sha1", "application/pdf");

        public IEnumerable<ReadOnlyMemory<byte>> Read(int pieceBytes) => content.Chunk(pieceBytes).Select(piece => (ReadOnlyMemory<byte>)piece);
    }
}
