using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Intake;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7AckBuilderTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2024-05-01T10:15:30+08:00");

    private static readonly IntakeResult Accepted = new IntakeResult.Accepted("m1");
    private static readonly IntakeResult Refused = new IntakeResult.Refused("The disk is full.");

    public static TheoryData<string, string, string> Goldens() => new()
    {
        {
            "accepted",
            @"MSH|^~\&|HIS|EAST|HUB|H|20240501101500||ADT^A01^ADT_A01|C1|T|2.4||||||UNICODE UTF-8",
            "MSH|^~\\&|HUB|H|HIS|EAST|20240501101530+0800||ACK^A01^ACK|K1|T|2.4||||||UNICODE UTF-8\rMSA|AA|C1\r"
        },
        {
            "accepted",
            "MSH*!?%@*H@1*EAST!1.2!ISO*HUB*H*2024**ORU!R01*C!1*P*2.5.1",
            "MSH*!?%@*HUB*H*H@1*EAST!1.2!ISO*20240501101530+0800**ACK!R01!ACK*K1*P*2.5.1\rMSA*AA*C!1\r"
        },
        {
            "accepted",
            @"MSH|^~\&#|HIS||||||ACK",
            "MSH|^~\\&#|||HIS||20240501101530+0800||ACK|K1|P|2.5.1\rMSA|AA|\r"
        },
        {
            "refused",
            @"MSH|^~\&|HIS|EAST|HUB|H|2024||ADT^A01|C\T\1|P|2.5",
            "MSH|^~\\&|HUB|H|HIS|EAST|20240501101530+0800||ACK^A01^ACK|K1|P|2.5\r"
            + "MSA|AR|C\\T\\1|The disk is full. The message was not stored; send it again.\r"
            + "ERR|||207^Application internal error^HL70357|E|1105^StoreUnavailable|||The disk is full. The message was not stored; send it again.\r"
        },
        {
            "quarantined",
            @"MSH|^~\&|HIS|EAST|HUB|H|2024||^A01|C1|P|2.5.1",
            "MSH|^~\\&|HUB|H|HIS|EAST|20240501101530+0800||ACK^A01^ACK|K1|P|2.5.1\r"
            + "MSA|AR|C1|The message type is missing. The sender must fill MSH-9, e.g. ADT\\S\\A01.\r"
            + "ERR||MSH^1^9^1|101^Required field missing^HL70357|E|1103^HeaderUnreadable|||The message type is missing. The sender must fill MSH-9, e.g. ADT\\S\\A01.\r"
        },
        {
            "quarantined",
            @"MSH|^~\&|HIS|EAST|HUB|H|2024||^A01|C1|P|2.3.1",
            "MSH|^~\\&|HUB|H|HIS|EAST|20240501101530+0800||ACK^A01^ACK|K1|P|2.3.1\r"
            + "MSA|AR|C1|The message type is missing. The sender must fill MSH-9, e.g. ADT\\S\\A01.\r"
            + "ERR|MSH^1^9^101&Required field missing&HL70357\r"
        },
        {
            "quarantined",
            "no HL7",
            "MSH|^~\\&|||||20240501101530+0800||ACK|K1|P|2.5.1\r"
            + "MSA|AR||It does not begin with an MSH segment. Check that the sender speaks HL7 v2 with vertical bars, not XML.\r"
            + "ERR|||100^Segment sequence error^HL70357|E|2101^NotHl7|||It does not begin with an MSH segment. Check that the sender speaks HL7 v2 with vertical bars, not XML.\r"
        },
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Build_Result_WritesTheAcknowledgement(string result, string message, string expected)
    {
        var header = Hl7Header.Read(Hl7.Bytes(message), "his", Hl7ReadingOptions.Default);

        var ack = Hl7AckBuilder.Build(header, Hl7AckRequest.Of(header), Result(result, header), Now, "K1")!;

        Assert.Equal(expected, Encoding.UTF8.GetString(ack));
    }

    [Fact]
    public void Build_Duplicate_IsAcceptedAgain()
    {
        var header = Hl7Header.Read(Hl7.Bytes(Hl7.Header()), "his", Hl7ReadingOptions.Default);

        Assert.Equal(
            Hl7AckBuilder.Build(header, Hl7AckRequest.Original, Accepted, Now, "K1"),
            Hl7AckBuilder.Build(header, Hl7AckRequest.Original, new IntakeResult.Duplicate("m2", "m1"), Now, "K1"));
    }

    [Theory]
    [InlineData("GB18030", 54936)]
    [InlineData("", 54936)]
    [InlineData("UNICODE UTF-8", 65001)]
    public void Build_ChineseNames_AreEchoedInTheCharsetOfTheMessage(string charset, int codePage)
    {
        var encoding = codePage == 65001 ? Encoding.UTF8 : Hl7.Gb18030;
        var raw = Hl7.Bytes($"MSH|^~\\&|瑋|玘院|HUB|㛃𠮷|2024||ADT^A01|瑋1|P|2.5||||||{charset}\r", encoding);
        var header = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);

        var ack = encoding.GetString(Hl7AckBuilder.Build(header, Hl7AckRequest.Original, Accepted, Now, "K1")!);

        Assert.StartsWith("MSH|^~\\&|HUB|㛃𠮷|瑋|玘院|2024", ack);
        Assert.EndsWith("\rMSA|AA|瑋1\r", ack);
    }

    [Fact]
    public void Build_HeaderOfNoCharset_EchoesItsBytes()
    {
        byte[] raw = [.. "MSH|^~\\&|A"u8, 0xFF, .. "|B|C|D|20240501||ADT^A01|C7|P|2.5||||||UTF-8\r"u8];
        var header = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);

        var ack = Hl7AckBuilder.Build(header, Hl7AckRequest.Original, new IntakeResult.Quarantined("m1", header.Issues), Now, "K1")!;

        Assert.True(ack.AsSpan().StartsWith((byte[])[.. "MSH|^~\\&|C|D|A"u8, 0xFF, .. "|B|"u8]));
        Assert.True(ack.AsSpan().IndexOf("\rMSA|AR|C7|"u8) > 0);
        Assert.True(ack.AsSpan().IndexOf("ERR||MSH^1^3^1|102^Data type error^HL70357|E|2104^CharsetMismatch|||"u8) > 0);
    }

    [Theory]
    [InlineData("MSH|^~\\&|A|B|C|D|2024||ACK^A01^ACK|1|P|2.5\rMSA|AA|C1\r", AcknowledgmentCode.AA, "C1", "")]
    [InlineData("MSH|^~\\&|A|B|C|D|2024||ACK|1|P|2.3\nMSA|AE|C1|wrong ward\n", AcknowledgmentCode.AE, "C1", "wrong ward")]
    [InlineData("MSH|^~\\&|A|B|C|D|2024||ACK|1|P|2.5\rERR|||101|E|||x|say 8\rMSA|CR|C1\r", AcknowledgmentCode.CR, "C1", "say 8")]
    [InlineData("MSH|^~\\&|A|B|C|D|2024||ACK|1|P|2.5\rMSA|aa\r", AcknowledgmentCode.Unknown, "", "")]
    [InlineData("MSH|^~\\&|A|B|C|D|2024||ACK|1|P|2.5\rMSA|1\r", AcknowledgmentCode.Unknown, "", "")]
    [InlineData("MSH|^~\\&|A|B|C|D|2024||ADT|1|P|2.5\r", AcknowledgmentCode.Unknown, "", "The answer is no HL7 acknowledgement.")]
    [InlineData("HTTP/1.1 400", AcknowledgmentCode.Unknown, "", "The answer is no HL7 acknowledgement.")]
    public void ReadAck_Answer_TakesCodeControlIdAndText(string answer, AcknowledgmentCode code, string controlId, string text) =>
        Assert.Equal(new Hl7Ack(code, controlId, text), Hl7Ack.Read(Hl7.Bytes(answer), new Hl7Parser()));

    private static IntakeResult Result(string name, Hl7Header header) => name switch
    {
        "accepted" => Accepted,
        "refused" => Refused,
        _ => new IntakeResult.Quarantined("m1", header.Issues),
    };
}
