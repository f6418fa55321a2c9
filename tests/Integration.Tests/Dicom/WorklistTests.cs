using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Worklist;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Tests.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Dicom;

/// <summary><c>Dicom.Worklist</c>: scheduled examinations become appointments, each change once.</summary>
public sealed class WorklistTests : IAsyncLifetime
{
    private readonly List<DicomBytes> _entries = [];
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync(_ => { });

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Entry_AskedForAgainAndAgain_IsHandedOverWhenItIsNewOrChanged()
    {
        _entries.AddRange([Entry(), Entry(step: "SPS2", study: "1.2.3.5")]);
        await RoundAsync();
        await RoundAsync();
        _entries[0] = Entry(time: "103000");
        await RoundAsync();

        Assert.Equal(3, (await _engine.MessagesAsync()).Count);
        var appointments = await _engine.AllOfAsync("Appointment");
        Assert.Equal(2, appointments.Count);
        Assert.Contains(appointments, appointment => ((string?)appointment.Resource["start"])!.StartsWith("2026-03-10T10:30:00", StringComparison.Ordinal));
        Assert.Equal(
            ["appointment.booked", "appointment.booked", "appointment.moved"], (await _engine.Store.EventTypesAsync()).Where(type => type.StartsWith("appointment.", StringComparison.Ordinal)));
        Assert.Equal("王小东", (string?)Assert.Single(await _engine.AllOfAsync("Patient")).Resource["name"]![0]!["text"]);
    }

    [Theory]
    [InlineData("", "booked")]
    [InlineData("SCHEDULED", "booked")]
    [InlineData("ARRIVED", "arrived")]
    [InlineData("COMPLETED", "fulfilled")]
    [InlineData("CANCELED", "cancelled")]
    public async Task State_OfTheStep_IsThatOfTheAppointment(string state, string expected)
    {
        _entries.Add(Entry(state: state));
        await RoundAsync();

        Assert.Equal(expected, (string?)Assert.Single(await _engine.AllOfAsync("Appointment")).Resource["status"]);
    }

    [Fact]
    public async Task Round_ThatBreaksOff_HandsOverNothingAndIsDoneAgain()
    {
        _entries.Add(Entry());
        await Assert.ThrowsAsync<DicomPeerException>(() => Poller(breaks: true).PollAsync(CancellationToken.None));
        Assert.Empty(await _engine.MessagesAsync());

        await RoundAsync();
        Assert.Single(await _engine.AllOfAsync("Appointment"));
    }

    [Fact]
    public void Query_NamesTheDays()
    {
        var query = WorklistPoller.Query(new DateOnly(2026, 3, 9), new DateOnly(2026, 3, 31));

        Assert.Equal("20260309-20260331", query.Find(DicomTag.ScheduledProcedureStepSequence)!.Items![0].Text(DicomTag.ScheduledProcedureStepStartDate));
        Assert.Equal(
            "20260309",
            WorklistPoller.Query(new DateOnly(2026, 3, 9), new DateOnly(2026, 3, 9)).Find(DicomTag.ScheduledProcedureStepSequence)!.Items![0].Text(DicomTag.ScheduledProcedureStepStartDate));
    }

    internal static DicomBytes Entry(string study = "1.2.3.4", string step = "SPS1", string time = "091500", string state = "SCHEDULED") => new DicomBytes()
        .Text(DicomTag.SpecificCharacterSet, "CS", "GB18030").Text(0x00080050, "SH", "ACC1").Text(0x00100010, "PN", "Wang^XiaoDong=王^小东", CodePagesEncodingProvider.Instance.GetEncoding(54936))
        .Text(DicomTag.PatientId, "LO", "P1").Text(0x00100030, "DA", "19800102").Text(0x00100040, "CS", "M").Text(DicomTag.StudyInstanceUid, "UI", study)
        .Text(0x00321060, "LO", "胸部平扫", CodePagesEncodingProvider.Instance.GetEncoding(54936))
        .Sequence(DicomTag.ScheduledProcedureStepSequence, isUndefined: false, item => item
            .Text(DicomTag.Modality, "CS", "CT").Text(0x00400001, "AE", "CT1").Text(DicomTag.ScheduledProcedureStepStartDate, "DA", "20260310").Text(0x00400003, "TM", time)
            .Text(0x00400006, "PN", "Zhao^Min").Text(DicomTag.ScheduledProcedureStepId, "SH", step).Text(0x00400020, "CS", state))
        .Text(0x00401001, "SH", "RP1");

    private async Task RoundAsync()
    {
        await Poller().PollAsync(CancellationToken.None);
        await _engine.RunAsync();
    }

    private WorklistPoller Poller(bool breaks = false) => new(
        "worklist", new() { AssigningAuthority = "worklist" }, _ => FindAsync(breaks), _engine.Services.GetRequiredService<SourceRowStore>(),
        _engine.Services.GetRequiredService<IBulkIntake>(), TimeProvider.System);

    private async IAsyncEnumerable<DicomDataSet> FindAsync(bool breaks)
    {
        foreach (var entry in _entries)
        {
            yield return (await DicomReaderTests.ReadAsync(entry.ToFile(DicomTransferSyntax.ExplicitLittleEndianUid))).DataSet!;
            if (breaks)
            {
                throw new DicomPeerException("The worklist broke off.");
            }
        }
    }
}
