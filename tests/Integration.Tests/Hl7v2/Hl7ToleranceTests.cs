using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Hl7v2;

/// <summary>What other engines stumbled over: versions, line ends, segments out of place, bytes that are no message at all.</summary>
public sealed class Hl7ToleranceTests
{
    private static readonly string[] Lines =
    [
        @"MSH|^~\&|HIS|EAST|HUB|H|20240501101500||ORM^O01|C1|P|2.3.0", "EVN|O01|20240501", "ORC|NW|1", "ZPI|x^y", "PV1|1|I|玘", "OBX|1||c||5\\.br\\6",
        "PID|1||P1^^^EAST~P2||瑋^娜||\"\"", "ZPI|2", "OBX|2|TX|d||x\\Z\\",
    ];

    [Theory]
    [InlineData("2.1")]
    [InlineData("2.2")]
    [InlineData("2.3")]
    [InlineData("2.3.0")]
    [InlineData("2.3.1")]
    [InlineData("2.4")]
    [InlineData("2.5")]
    [InlineData("2.5.1")]
    [InlineData("2.6")]
    [InlineData("2.7")]
    [InlineData("2.7.1")]
    [InlineData("2.8")]
    [InlineData("2.8.2")]
    [InlineData("2.9")]
    [InlineData("V2.5^CHN")]
    [InlineData("")]
    public void Parse_AnyVersion_ReadsTheSame(string version)
    {
        var message = Hl7.Message($"MSH|^~\\&|HIS|EAST|HUB|H|20240501101500||ADT^A01|C1|P|{version}\rPID|1||P1||瑋\r");

        Assert.Equal<IEnumerable<string?>>(["P1", "瑋", "ADT_A01"], [message["PID-3"], message["PID-5"], message.MappingKey]);
    }

    [Fact]
    public void Parse_UnexpectedSegmentsBeforePid_LoseNothing()
    {
        // An EVN in an order, an unknown segment, PV1 before PID: others then find PID and PV1 empty, without any error.
        var result = Hl7.Parse(string.Join('\r', Lines));

        var message = (Hl7Message)result.Document!;
        Assert.Equal<IEnumerable<string?>>(
            ["P1", "P2", "瑋", "", "I", "x", "2", null, "5\n6"],
            [
                message["PID-3.1"], message["PID-3[2]"], message["PID-5.1"], message["PID-7"], message["PV1-2"], message["ZPI-1.1"], message["ZPI[2]-1"],
                message["OBX-2"], message["OBX-5"],
            ]);
        Assert.Equal((IntegrationErrorCode.UnknownEscape, "OBX[2]-5"), (Assert.Single(result.Issues).Code, result.Issues[0].Place));
    }

    [Fact]
    public void Parse_LineEndsOfAnyKind_GiveOneResult()
    {
        var expected = Canonical(string.Join('\r', Lines) + "\r");

        string[] others =
        [
            string.Join('\n', Lines), string.Join("\r\n", Lines) + "\r\n", "\r\n \n" + string.Join("\n\r", Lines) + "\n\n\n",
            "\uFEFF" + string.Join("\r \r", Lines), string.Concat(Lines.Select((line, i) => line + (i % 3) switch { 0 => "\r", 1 => "\n", _ => "\r\n" })),
        ];

        Assert.All(others, other => Assert.Equal(expected, Canonical(other)));
    }

    [Fact]
    public void Value_BeforeAndAfterSegmentsBecomeObjects_IsTheSame()
    {
        var early = (Hl7Message)Hl7.Parse(string.Join("\r \n", Lines[..^1])).Document!;
        var late = (Hl7Message)Hl7.Parse(string.Join("\r \n", Lines[..^1])).Document!;
        _ = late.Segments;

        foreach (var segment in (string[])["MSH", "EVN", "ORC", "ZPI", "ZPI[2]", "PV1", "OBX", "PID", "PID[2]", "NTE"])
        {
            for (var field = 1; field < 14; field++)
            {
                foreach (var part in (string[])["", ".1", ".2", "[2]", "[2].1", ".1.1", ".1.2", ".4"])
                {
                    Assert.Equal(late[$"{segment}-{field}{part}"], early[$"{segment}-{field}{part}"]);
                }
            }
        }
    }

    [Theory]
    [InlineData("MSH|^~\\&#|HIS|E\rPID|1||VERYLONGNA#", "PID-3", "VERYLONGNA#")]
    [InlineData("MSH|^~\\&#|HIS|E\rPID|1||A\\P\\B", "PID-3", "A#B")]
    [InlineData("MSH$%~@!$HIS$E\rPID$1$$A%B!C@T@", "PID-3.2", "B!C!")]
    public void Parse_DelimitersOfTheSender_AreFollowed(string text, string path, string expected) => Assert.Equal(expected, Hl7.Message(text)[path]);

    [Fact]
    public async Task When_senders_send_what_crashed_other_parsers_Should_answer_each_and_live_on()
    {
        await using var host = await AdapterHost.StartAsync();
        byte[][] inputs = [.. OwnBadInputs(), .. ThirdPartyBadInputs()];

        foreach (var input in inputs)
        {
            using var client = await host.ConnectRawAsync();
            await client.WriteAsync(MllpFraming.Wrap(input), TestContext.Current.CancellationToken);
            client.Socket.Shutdown(SocketShutdown.Send);

            var answer = Assert.Single(await AdapterHost.ReadAnswersAsync(client));
            Assert.Contains(answer["MSA-1"], new[] { "AA", "AR" });
        }

        Assert.Equal(inputs, host.Intake.Messages.Select(m => m.Raw.ToArray()));
        await using var sender = await host.ConnectAsync();
        Assert.True((await sender.SendAsync(AdapterHost.Message("LAST"), TestContext.Current.CancellationToken)).IsAccepted);

        // And behind the listener: read, or quarantined with a reason.
        Assert.All(inputs, input => Assert.True(Hl7.Parse(input) is var result && (result.Document is not null || result.Issues.Count > 0)));
    }

    private static IEnumerable<byte[]> OwnBadInputs()
    {
        yield return [];
        yield return "MSH"u8.ToArray();
        yield return "MSH|"u8.ToArray();
        yield return "MSH|^~\\&"u8.ToArray();
        yield return "\0\0\0\0"u8.ToArray();
        yield return Encoding.ASCII.GetBytes("MSH|^~\\&|" + new string('&', 100_000));
        yield return Encoding.ASCII.GetBytes("MSH|^~\\&|a\r" + string.Concat(Enumerable.Repeat("OBX|^~\\&", 20_000)));
        yield return Encoding.ASCII.GetBytes("MSH|^~\\&|a\r" + new string('\\', 50_000));
    }

    private static IEnumerable<byte[]> ThirdPartyBadInputs()
    {
        var folder = Path.GetFullPath(Path.Combine(Hl7.RepositoryRoot(), "..", "shared", "data", "hl7v2", "bad"));
        return Directory.Exists(folder) ? Directory.GetFiles(folder).Order().Select(File.ReadAllBytes) : [];
    }

    /// <summary>Every value of a message with its place.</summary>
    private static string Canonical(string text)
    {
        var message = (Hl7Message)Hl7.Parse(text).Document!;
        var all = new StringBuilder();
        foreach (var segment in message.Segments)
        {
            for (var field = 1; field <= segment.FieldCount; field++)
            {
                for (var repetition = 1; repetition <= segment.RepetitionCount(field); repetition++)
                {
                    all.Append($"{segment.Name}[{segment.Ordinal}]-{field}[{repetition}]={segment.Text(field, repetition, 0, 0)}\n");
                }
            }
        }

        return all.ToString();
    }
}
