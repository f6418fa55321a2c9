using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Tests.Hl7v2;

/// <summary>HL7 v2.5.1 §2.9.2, §2.9.3 and table 0155: which acknowledgements each pair of MSH-15 and MSH-16 gets.</summary>
public sealed class Hl7AckRequestTests
{
    private static readonly IntakeResult Accepted = new IntakeResult.Accepted("m1");
    private static readonly IntakeResult Quarantined = new IntakeResult.Quarantined("m1", []);
    private static readonly IntakeResult Refused = new IntakeResult.Refused("away");

    /// <summary>
    /// MSH-15, MSH-16; then what is sent for: accepted and done, accepted and failed, accepted and filtered, header unreadable, store away.
    /// "–": nothing.
    /// </summary>
    public static TheoryData<string, string, string> Combinations() => new()
    {
        // Original mode.
        { "", "", "AA, AA, AA, AR, AR" },

        // Every pair of table 0155.
        { "AL", "AL", "CA AA, CA AE, CA AR, CR, CE" },
        { "AL", "NE", "CA, CA, CA, CR, CE" },
        { "AL", "ER", "CA, CA AE, CA AR, CR, CE" },
        { "AL", "SU", "CA AA, CA, CA, CR, CE" },
        { "NE", "AL", "AA, AE, AR, AR, AR" },
        { "NE", "NE", "–, –, –, –, –" },
        { "NE", "ER", "–, AE, AR, AR, AR" },
        { "NE", "SU", "AA, –, –, –, –" },
        { "ER", "AL", "AA, AE, AR, CR, CE" },
        { "ER", "NE", "–, –, –, CR, CE" },
        { "ER", "ER", "–, AE, AR, CR, CE" },
        { "ER", "SU", "AA, –, –, CR, CE" },
        { "SU", "AL", "CA AA, CA AE, CA AR, AR, AR" },
        { "SU", "NE", "CA, CA, CA, –, –" },
        { "SU", "ER", "CA, CA AE, CA AR, AR, AR" },
        { "SU", "SU", "CA AA, CA, CA, –, –" },

        // One of them empty is NE; what the table does not know is AL.
        { "AL", "", "CA, CA, CA, CR, CE" },
        { "", "AL", "AA, AE, AR, AR, AR" },
        { "al", " su ", "CA AA, CA, CA, CR, CE" },
        { "Y", "NE", "CA, CA, CA, CR, CE" },
    };

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Answers_EveryCombination_AreThoseOfTheStandard(string accept, string application, string expected)
    {
        var header = Hl7Header.Read(Hl7.Bytes($@"MSH|^~\&|HIS|EAST|HUB|H|2024||ADT^A01|C1|P|2.5.1|||{accept}|{application}"), "his", Hl7ReadingOptions.Default);
        var request = Hl7AckRequest.Of(header);

        var answers = string.Join(", ",
            Answer(request, Accepted, MessageState.Done), Answer(request, Accepted, MessageState.Failed), Answer(request, Accepted, MessageState.Filtered),
            Answer(request, Quarantined, null), Answer(request, Refused, null));

        Assert.Equal(expected, answers);
    }

    [Fact]
    public void WantsApplication_OnlyWhereOneCanBeSent()
    {
        Assert.False(Hl7AckRequest.Original.WantsApplication);
        Assert.False(new Hl7AckRequest(true, AcknowledgmentCondition.Always, AcknowledgmentCondition.Never).WantsApplication);
        Assert.True(new Hl7AckRequest(true, AcknowledgmentCondition.Never, AcknowledgmentCondition.Success).WantsApplication);
    }

    [Fact]
    public void Build_FailedMessage_PointsAtTheFaultyPlaces()
    {
        MessageIssue[] issues =
        [
            MessageIssue.Information(IntegrationErrorCode.FieldNotRead, "PID-31", "Not read."),
            MessageIssue.Warning(IntegrationErrorCode.CodeNotMapped, "OBX[3]-8[2]", "Code unknown."),
            MessageIssue.Error(IntegrationErrorCode.ValueNotConvertible, "PID-3[2].4.1", "No date."),
            MessageIssue.Error(IntegrationErrorCode.RequiredSegmentMissing, "PV1", "Missing."),
            MessageIssue.Error(IntegrationErrorCode.NoMappingForMessage, "", "No mapping."),
        ];

        Assert.Equal(
            [
                "MSA|AE|C1|No date.",
                "ERR||PID^1^3^2^4^1|102^Data type error^HL70357|E|3102^ValueNotConvertible|||No date.",
                "ERR||PV1^1|100^Segment sequence error^HL70357|E|2107^RequiredSegmentMissing|||Missing.",
                "ERR|||200^Unsupported message type^HL70357|E|3101^NoMappingForMessage|||No mapping.",
                "ERR||OBX^3^8^2|103^Table value not found^HL70357|W|3103^CodeNotMapped|||Code unknown.",
            ],
            Failed("2.5.1", issues));
        Assert.Equal(
            [
                "MSA|AE|C1|No date.",
                "ERR|PID^1^3^102&Data type error&HL70357~PV1^1^^100&Segment sequence error&HL70357"
                + "~^^^200&Unsupported message type&HL70357~OBX^3^8^103&Table value not found&HL70357",
            ],
            Failed("2.3.1", issues));
    }

    [Fact]
    public void Build_ApplicationAcknowledgement_AsksForNoneItselfAndKeepsVersionAndCharset()
    {
        var header = Hl7Header.Read(Hl7.Bytes(@"MSH|^~\&|HIS|EAST|HUB|H|2024||ADT^A01|C1|P|2.6|||NE|AL||UNICODE UTF-8"), "his", Hl7ReadingOptions.Default);

        var ack = Hl7AckBuilder.Build(header, Hl7AckRequest.Of(header), Finished(MessageState.Done, []), DateTimeOffset.UnixEpoch, "K1")!;

        Assert.Equal(
            "MSH|^~\\&|HUB|H|HIS|EAST|19700101000000+0000||ACK^A01^ACK|K1|P|2.6|||NE|NE||UNICODE UTF-8\rMSA|AA|C1\r",
            System.Text.Encoding.UTF8.GetString(ack));
    }

    private static string Answer(Hl7AckRequest request, IntakeResult result, MessageState? end)
    {
        var codes = new[] { request.OnIntake(result), end is { } state ? request.OnFinished(state) : null };
        var sent = string.Join(' ', codes.Where(c => c is not null));
        return sent.Length == 0 ? "–" : sent;
    }

    private static string[] Failed(string version, MessageIssue[] issues)
    {
        var header = Hl7Header.Read(Hl7.Bytes($@"MSH|^~\&|HIS|EAST|HUB|H|2024||ADT^A01|C1|P|{version}|||NE|AL"), "his", Hl7ReadingOptions.Default);
        var ack = Hl7AckBuilder.Build(header, Hl7AckRequest.Of(header), Finished(MessageState.Failed, issues), DateTimeOffset.UnixEpoch, "K1")!;
        return System.Text.Encoding.UTF8.GetString(ack).Split('\r', StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    private static JournaledMessage Finished(MessageState state, MessageIssue[] issues) => new()
    {
        Id = "m1",
        Feed = "his",
        Received = DateTimeOffset.UnixEpoch,
        Format = "hl7v2",
        ContentHash = "",
        State = state,
        Issues = issues,
    };
}
