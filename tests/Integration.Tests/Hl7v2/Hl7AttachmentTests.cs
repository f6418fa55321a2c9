using System.Security.Cryptography;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Attachments;

namespace Integration.Tests.Hl7v2;

/// <summary>Values that are documents: found, decoded piece by piece, and referred to where they stood.</summary>
public sealed class Hl7AttachmentTests
{
    public static TheoryData<string, string> Forms() => new()
    {
        { "ED|DOC||^application^PDF^Base64^{0}|", "base64" },
        { "ED|DOC||^application^PDF^Base64^{0}|", "base64 with line breaks" },
        { "ED|DOC||^application^PDF^Hex^{0}|", "hex" },
        { "ST|DOC||{0}|", "base64" },
        { "|DOC||{0}|", "base64" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Parse_LongDocument_IsKeptApartWithItsContent(string fields, string form)
    {
        var content = Pdf(700_001);
        var sent = form switch
        {
            "base64" => Convert.ToBase64String(content),
            "hex" => Convert.ToHexString(content),
            _ => Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks).Replace("\r\n", "\\.br\\", StringComparison.Ordinal),
        };

        var message = Hl7.Message($"{Hl7.Header()}\rPID|1||P1\rOBX|1|{string.Format(null, fields, sent)}|||F\rOBX|2|NM|x||7\r");

        var attachment = Assert.Single(message.Attachments);
        var expected = new AttachmentReference(
            Convert.ToHexStringLower(SHA256.HashData(content)), content.Length, Convert.ToBase64String(SHA1.HashData(content)), "application/pdf");
        Assert.Equal(expected, attachment.Reference);
        foreach (var pieceBytes in (int[])[1 << 20, 65536, 65537, 65538, 700_001])
        {
            var pieces = attachment.Read(pieceBytes).Select(p => p.ToArray()).ToList();
            Assert.All(pieces.SkipLast(1), p => Assert.Equal(pieceBytes, p.Length));
            Assert.Equal(content, pieces.SelectMany(p => p));
        }

        Assert.EndsWith(expected.ToString(), message["OBX-5"]);
        Assert.Equal(expected, AttachmentReference.TryParse(message[fields.StartsWith("ED", StringComparison.Ordinal) ? "OBX-5.5" : "OBX-5.1"]!));
        Assert.Equal<IEnumerable<string?>>(["DOC", "F", "7"], [message["OBX-3"], message["OBX-9"] ?? message["OBX-8"], message["OBX[2]-5"]]);
    }

    [Fact]
    public void Parse_LongText_IsAnAttachmentOfText()
    {
        var text = string.Concat(Enumerable.Repeat("诊断：\\T\\ 正常。 ", 30_000));

        var message = Hl7.Message($"{Hl7.Header("UTF-8")}\rOBX|1|TX|R||{text}|||F\r");

        var attachment = Assert.Single(message.Attachments);
        Assert.Equal("text/plain; charset=utf-8", attachment.Reference.ContentType);
        Assert.Equal(text.Replace("\\T\\", "&", StringComparison.Ordinal), Encoding.UTF8.GetString([.. attachment.Read(1000).SelectMany(p => p.ToArray())]));
    }

    [Fact]
    public void Parse_ShortDocument_StaysInTheMessage()
    {
        var message = Hl7.Message($"{Hl7.Header()}\rOBX|1|ED|D||^^PDF^Base64^{Convert.ToBase64String(Pdf(150_000))}\r");

        Assert.Empty(message.Attachments);
        Assert.Equal(200_000, message["OBX-5.5"]!.Length);
    }

    [Fact]
    public void Display_LongDocument_ShowsAReferenceInItsPlace()
    {
        var raw = Hl7.Bytes($"{Hl7.Header()}\rPID|1||P1\rOBX|1|ED|D||^^PDF^Base64^{Convert.ToBase64String(Pdf(900_000))}|||F\r");

        var text = new Hl7Parser().Display(raw, "his");

        Assert.Contains("\nOBX|1|ED|D||^^PDF^Base64^Binary/", text);
        Assert.EndsWith("|||F\n", text);
        Assert.True(text.Length < 1000);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    public void Parse_HugeDocument_AllocatesNothingOfItsSize(int megabytes)
    {
        var raw = Hl7.Bytes($"{Hl7.Header()}\rOBX|1|ED|D||^^PDF^Base64^{new string('A', megabytes * 1024 * 1024)}|||F\r");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var message = (Hl7Message)Hl7.Parse(raw).Document!;
        var size = message.Attachments[0].Reference.Size;
        _ = (message["OBX-5"], message["OBX-5.5"], message["OBX-8"], message["OBX-11"]);

        Assert.Equal(megabytes * 1024 * 1024 / 4 * 3, size);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Binary/abc?size=1")]
    [InlineData("Binary/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?size=x&hash=h&type=t")]
    [InlineData("Binary/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void TryParse_OtherText_IsNoReference(string text) => Assert.Null(AttachmentReference.TryParse(text));

    private static byte[] Pdf(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        "%PDF-1.7\n"u8.CopyTo(content);
        return content;
    }
}
