using System.Text;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Host.Console;
using Integration.Host.Console.Texts;
using Integration.Host.Console.Views;
using Microsoft.Extensions.Options;

namespace Integration.Tests.Console;

public sealed class ConsoleViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 6, 3, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-11-20", "1 d", "1 天")]
    [InlineData("2026-10-22", "30 d", "30 天")]
    [InlineData("2026-10-21", "1 mo", "1 个月")]
    [InlineData("2024-12", "23 mo", "23 个月")]
    [InlineData("1960-11-22", "65 y", "65 岁")]
    [InlineData("1960-11-21", "66 y", "66 岁")]
    [InlineData("1960", "66 y", "66 岁")]
    [InlineData("2027-01-01", "", "")]
    [InlineData("yesterday", "", "")]
    [InlineData(null, "", "")]
    public void Age_OfBirthDate_IsSaidInTheUnitOfAWard(string? birthDate, string english, string chinese)
    {
        Assert.Equal(english, In("en", () => Ages.Of(birthDate, new DateOnly(2026, 11, 21))));
        Assert.Equal(chinese, In("zh-CN", () => Ages.Of(birthDate, new DateOnly(2026, 11, 21))));
    }

    [Theory]
    [InlineData("Patient/p1", null, "p1", "/messages/m1")]
    [InlineData("Appointment/a1", "e1", "p1", "/messages/m1")]
    [InlineData("followUps/f1", "e1", "p1", "/follow-ups/f1")]
    [InlineData("feeds/his", "e1", "", "/incidents")]
    public void Delivery_LeadsToWhatItIsAbout(string reference, string? eventId, string patientId, string page) => Assert.Equal(page, CausePage.Of(new DeliveryDocument
    {
        Id = "d1",
        Destination = "crm",
        Trigger = "x",
        Reference = reference,
        PatientId = patientId,
        MessageId = "m1",
        EventId = eventId,
        Created = Now,
        Occurred = Now,
        NextAttempt = Now,
        Queued = Now,
    }));

    [Fact]
    public void DisplayTime_Absolute_IsInTheHospitalsZone() => Assert.Equal("2026-11-21 14:03:05", Display().Absolute(Now));

    [Theory]
    [InlineData(1, "just now")]
    [InlineData(59, "59 s ago")]
    [InlineData(600, "10 min ago")]
    [InlineData(7_300, "2 h ago")]
    [InlineData(200_000, "2 d ago")]
    [InlineData(-3_600, "ahead")]
    public void DisplayTime_Relative_UsesTheLargestUnit(int secondsAgo, string expected) =>
        Assert.Equal(expected, In("en", () => Display().Relative(Now.AddSeconds(-secondsAgo))));

    [Fact]
    public void DisplayTime_FactKnownByDay_ShowsNoHour()
    {
        var midnight = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal("2026-11-21", Display().OfFact(midnight, byDay: true));
        Assert.Equal("2026-11-21 08:00", Display().OfFact(midnight, byDay: false));
    }

    [Fact]
    public void DisplayTime_InText_ShowsFhirTimesLikeOthers() =>
        Assert.Equal("IMP W05 → 2026-11-21 14:03", Display().InText("IMP W05 → 2026-11-21T06:03:05Z"));

    [Fact]
    public void SourceText_Fields_KnowTheirPlaceAndWhatIsSaidAboutThem()
    {
        MessageIssue[] issues =
        [
            MessageIssue.Error(IntegrationErrorCode.ValueNotConvertible, "OBX[2]-5[1].1", "…"),
            MessageIssue.Warning(IntegrationErrorCode.CodeNotMapped, "PID-3[2].4", "…"),
            MessageIssue.Error(IntegrationErrorCode.IdentifierMissing, "PID", "…"),
        ];

        var lines = SourceText.Split("MSH|^~\\&|HIS\rPID|1||A^^^HIS~B\rOBX|1|NM|K||3.1\nOBX|2|NM|NA||x\r", ["PID-1", "OBX-3", "OBX[2]"], issues);

        Assert.Equal([("MSH", SourceMark.None), ("PID", SourceMark.Error), ("OBX", SourceMark.None), ("OBX", SourceMark.Unread)], lines.Select(l => (l.Name, l.Mark)));
        Assert.Equal(("MSH-2", "^~\\&"), (lines[0].Fields[0].Place, lines[0].Fields[0].Text));
        Assert.Equal(new SourceField("PID-1", "1", SourceMark.Unread, null), lines[1].Fields[0]);
        Assert.Equal(new SourceField("PID-3", "A^^^HIS~B", SourceMark.Warning, IntegrationErrorCode.CodeNotMapped), lines[1].Fields[2]);
        Assert.Equal(SourceMark.Unread, lines[2].Fields[2].Mark);
        Assert.Equal(new SourceField("OBX[2]-3", "NA", SourceMark.None, null), lines[3].Fields[2]);
        Assert.Equal(new SourceField("OBX[2]-5", "x", SourceMark.Error, IntegrationErrorCode.ValueNotConvertible), lines[3].Fields[4]);
    }

    [Fact]
    public void SourceText_NotHl7_KeepsItsLines() =>
        Assert.Equal(["a|b", "c"], SourceText.Split("a|b\nc", [], []).Select(l => Assert.Single(l.Fields).Text));

    [Fact]
    public void HexDump_TwoLines_ShowsOffsetBytesAndAscii() => Assert.Equal(
        "000000  4d 53 48 7c e7 8e 8b 61  62 63 64 65 66 67 68 69  MSH|···abcdefghi\n000010  0d                                                ·\n",
        HexDump.Of(Encoding.UTF8.GetBytes("MSH|王abcdefghi\rignored"), maxBytes: 17));

    [Theory]
    [InlineData(MessageState.Done, "parse map identify record followUp deliver", "Passed Passed Passed Passed Passed Passed Passed")]
    [InlineData(MessageState.Failed, "parse map", "Passed Stopped NotReached NotReached NotReached NotReached NotReached")]
    [InlineData(MessageState.Filtered, "parse", "Stopped NotReached NotReached NotReached NotReached NotReached NotReached")]
    [InlineData(MessageState.Waiting, "parse map", "Waits Waits Waits Waits Waits Waits Waits")]
    [InlineData(MessageState.Duplicate, "", "NotReached NotReached NotReached NotReached NotReached NotReached NotReached")]
    public void StageWalk_State_TellsHowFarItCame(MessageState state, string ran, string expected)
    {
        var message = Message(state) with { Stages = [.. ran.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => new StageTiming(name, 7))] };

        Assert.Equal(expected, string.Join(' ', StageWalk.Of(message).Select(s => s.Progress)));
    }

    [Fact]
    public void StageWalk_OtherLanesWroteFirst_StopsAtTheCommit()
    {
        var message = Message(MessageState.Failed) with
        {
            Stages = [.. Words.Stages.Keys.SkipLast(1).Select(name => new StageTiming(name, 7))],
            Issues = [MessageIssue.Error(IntegrationErrorCode.TooManyConflicts, "", "…")],
        };

        Assert.Equal([("commit", StageProgress.Stopped)], StageWalk.Of(message).Where(s => s.Progress != StageProgress.Passed).Select(s => (s.Name, s.Progress)));
    }

    [Fact]
    public void ResultTrends_SeveralValues_GathersThemOldestFirst()
    {
        var trends = ResultTrends.Of([Result("K", "3.1 mmol/L [3.5-5.3]"), Result("U-PRO", "阴性(-)"), Result("K", "<3.5 mmol/L"), Result("K", "12x")]);

        Assert.Equal(["K", "U-PRO"], trends.Select(t => t.Title));
        Assert.Equal([3.5, 3.1], trends[0].Values);
        Assert.Equal("3.1 mmol/L [3.5-5.3]", trends[0].Latest.Entry.Detail);
        Assert.Empty(trends[1].Values);
    }

    [Fact]
    public void MessageFilter_OlderPage_AsksTheSameQuestionLater()
    {
        var first = new MessageFilter("A&B", "failed", "his", MessageFilter.Hour, null, null);

        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(first.OlderUrl("token==", Now).Split('?')[1]);
        var second = new MessageFilter(query["q"], query["state"], query["feed"], query["range"], long.Parse(query["since"]!, null), query["after"]);

        Assert.Equal(first.ToSearch(Now) with { After = "token==" }, second.ToSearch(Now.AddMinutes(5)));
        Assert.Equal(MessageState.Failed, second.KnownState);
        Assert.DoesNotContain("since", second.NewestUrl(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("lost")]
    public void MessageFilter_UnknownState_IsNone(string state) =>
        Assert.Null(new MessageFilter(null, state, null, null, null, null).ToSearch(Now).State);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.05, "0.05")]
    [InlineData(12.34, "12.3")]
    [InlineData(4321.9, "4,322")]
    public void Figures_Rate_KeepsWhatMatters(double perSecond, string expected) => Assert.Equal(expected, Figures.Rate(perSecond));

    [Theory]
    [InlineData("encounters", "IMP W05", "inpatient W05")]
    [InlineData("ServiceRequest", "asap", "as soon as possible")]
    [InlineData("Condition", "Encounter Diagnosis", "of the encounter")]
    [InlineData("reports", "IMP W05", "IMP W05")]
    public void EntryWords_Detail_ReplacesCodesOfItsKind(string kind, string detail, string expected) =>
        Assert.Equal(expected, In("en", () => EntryWords.Detail(detail, kind)));

    [Fact]
    public void ConsoleOptions_UnknownZone_IsRefusedWithWhatToDo()
    {
        var result = new ConsoleOptionsValidator().Validate(null, new ConsoleOptions { TimeZone = "Asia/Nowhere" });

        Assert.Contains("Console:TimeZone", result.FailureMessage, StringComparison.Ordinal);
        Assert.True(new ConsoleOptionsValidator().Validate(null, new ConsoleOptions()).Succeeded);
    }

    private static DisplayTime Display() => new(Options.Create(new ConsoleOptions()), new FixedClock());

    private static JournaledMessage Message(MessageState state) =>
        new() { Id = "m", Feed = "his", Received = Now, Format = "hl7v2", ContentHash = "", State = state };

    private static TimelineEntry Result(string test, string detail) =>
        new("Observation", new SummaryEntry("Observation/1", Now, test, detail, "final", null), "lis", "m");

    private static string In(string culture, Func<string> act)
    {
        var before = System.Globalization.CultureInfo.CurrentUICulture;
        try
        {
            System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo(culture);
            return act();
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentUICulture = before;
        }
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
