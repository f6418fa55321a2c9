using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Attachments;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Tests.Pipeline;

/// <summary>Messages of megabytes: kept in parts, their documents once beside the record.</summary>
public sealed class LongMessageTests
{
    [Fact]
    public async Task When_a_report_brings_a_large_pdf_Should_keep_it_once_beside_the_record()
    {
        await using var engine = await TestEngine.StartAsync();
        var pdf = Pdf(3_000_000);

        var first = await SendAsync(engine, Report("C1", pdf));
        var second = await SendAsync(engine, Report("C2", pdf));

        Assert.Equal((MessageState.Done, MessageState.Done), (first.State, second.State));
        var report = await ReportOf(engine, first);
        var form = report["presentedForm"]![0]!;
        var id = Convert.ToHexStringLower(SHA256.HashData(pdf));
        Assert.Equal(
            ("application/pdf", $"Binary/{id}", pdf.Length, Convert.ToBase64String(SHA1.HashData(pdf))),
            ((string)form["contentType"]!, (string)form["url"]!, (int)form["size"]!, (string)form["hash"]!));
        Assert.Null(form["data"]);
        Assert.True(report.ToJsonString().Length < 3000);

        var attachments = new AttachmentStore(engine.Store);
        var kept = await attachments.FindAsync(id, TestContext.Current.CancellationToken);
        Assert.Equal((pdf.Length, "application/pdf", first.Id), (kept!.Bytes, kept.ContentType, kept.MessageId));
        Assert.Equal(pdf, await ReadAsync(attachments, kept));
        Assert.Equal(1, await engine.Store.CountAsync(Collections.Attachments, [], 10, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task When_a_long_message_is_read_again_Should_be_the_bytes_that_came()
    {
        await using var engine = await TestEngine.StartAsync();
        var raw = Report("C1", Pdf(2_500_000));

        var done = await SendAsync(engine, raw);
        var duplicate = Assert.IsType<IntakeResult.Duplicate>(await engine.AcceptRawAsync(raw)).MessageId;

        Assert.Equal(raw, await RawAsync(engine, done.Id));
        Assert.Equal(raw, await RawAsync(engine, duplicate));
        Assert.True(await engine.Journal.RequestReplayAsync(done.Id, TestContext.Current.CancellationToken));
        var waiting = Assert.Single(await engine.Journal.ReadWaitingAsync(0, 10, TestContext.Current.CancellationToken));
        Assert.True(waiting.Message.Raw.IsEmpty, "A queue of long messages would fill the memory.");
        await engine.Pipeline.RunAsync(waiting, TestContext.Current.CancellationToken);
        Assert.Equal(MessageState.Done, (await engine.Journal.GetAsync(done.Id, withRaw: false, TestContext.Current.CancellationToken))!.Value.Message.State);
    }

    private static byte[] Report(string controlId, byte[] pdf) => Encoding.UTF8.GetBytes(
        $"MSH|^~\\&|RIS|EAST|HUB|H|20240501101500||ORU^R01|{controlId}|P|2.5.1||||||UNICODE UTF-8\rPID|1||P1^^^EAST^MR||欧阳^娜娜\r"
        + $"OBR|1|A1|F1|CT^Chest CT^L|||20240501100000||||||||||||||||||F\rOBX|1|ED|RPT^Report^L||RIS^application^PDF^Base64^{Convert.ToBase64String(pdf)}||||||F\r");

    private static async Task<JournaledMessage> SendAsync(TestEngine engine, byte[] raw)
    {
        var id = Assert.IsType<IntakeResult.Accepted>(await engine.AcceptRawAsync(raw)).MessageId;
        await engine.RunAsync();
        return (await engine.Journal.GetAsync(id, withRaw: false, TestContext.Current.CancellationToken))!.Value.Message;
    }

    private static async Task<JsonNode> ReportOf(TestEngine engine, JournaledMessage message)
    {
        var id = message.Changes.Single(c => c.Type == "DiagnosticReport").Id;
        var stored = await engine.Store.GetAsync(Collections.Resources, id, withPayload: false, TestContext.Current.CancellationToken);
        return JsonNode.Parse(stored!.Json.Span)!["resource"]!;
    }

    private static async Task<byte[]> RawAsync(TestEngine engine, string id) =>
        (await engine.Journal.GetAsync(id, withRaw: true, TestContext.Current.CancellationToken))!.Value.Message.Raw.ToArray();

    private static async Task<byte[]> ReadAsync(AttachmentStore attachments, AttachmentDocument attachment)
    {
        var all = new MemoryStream();
        await foreach (var piece in attachments.ReadAsync(attachment, TestContext.Current.CancellationToken))
        {
            all.Write(piece.Span);
        }

        return all.ToArray();
    }

    private static byte[] Pdf(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        "%PDF-1.7\n"u8.CopyTo(content);
        return content;
    }
}
