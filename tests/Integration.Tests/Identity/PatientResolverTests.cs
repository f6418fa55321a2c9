using Integration.Core.Diagnostics;
using Integration.Core.Identity;

namespace Integration.Tests.Identity;

public sealed class PatientResolverTests
{
    private const string ValidResidentId = "11010519491231002X";   // 1949-12-31, female

    private static readonly MatchRules Rules = new(new HashSet<string> { "AN" }, new HashSet<string> { "0000" }, UseResidentId: true);
    private static readonly PatientIdentifier Mrn = new("urn:authority:HIS", "1001", "MR");
    private static readonly PatientIdentifier Resident = new(ResidentId.System, ValidResidentId, "NI");
    private static readonly MatchDemographics Wang = new("王芳", "1949-12-31", "female", null);

    private readonly List<MessageIssue> _issues = [];

    [Fact]
    public void Resolve_UnknownNumber_FoundsARecordThatEveryReplayFoundsAgain()
    {
        var first = Resolve([Mrn], Wang);
        var again = Resolve([Mrn], Wang);

        Assert.Equal(first!.PatientId, again!.PatientId);
        Assert.Equal(Mrn.Key, first.SubjectKey);
        Assert.Equal((Mrn, PatientResolver.New), Assert.Single(first.LinkKeys));
    }

    [Fact]
    public void Resolve_SameValueOfAnotherAuthority_IsAnotherPerson()
    {
        var east = Resolve([Mrn], Wang);
        var west = Resolve([Mrn with { Authority = "urn:authority:WEST" }], Wang);

        Assert.NotEqual(east!.PatientId, west!.PatientId);
    }

    [Fact]
    public void Resolve_ResidentIdOfAKnownPerson_LinksTheNewNumberToIt()
    {
        var result = Resolve([Mrn, Resident], Wang, Known(Resident, "p-known", Wang));

        Assert.Equal("p-known", result!.PatientId);
        Assert.Contains(result.LinkKeys, l => l.Identifier == Mrn && l.Why == PatientResolver.ByResidentId);
        Assert.Empty(_issues);
    }

    [Fact]
    public void Resolve_ResidentIdJoinsTwoRecords_WhenNothingContradicts()
    {
        var result = Resolve([Mrn, Resident], Wang, Known(Mrn, "p-b", Wang), Known(Resident, "p-a", Wang));

        Assert.Equal("p-a", result!.PatientId);
        Assert.Equal(["p-b"], result.JoinedPatientIds);
    }

    [Theory]
    [InlineData("王小明", "2024-05-01", "male")]     // a parent's number on a child
    [InlineData("李秀英", "1949-12-31", "female")]   // another name
    public void Resolve_ResidentIdContradicts_LinksNothingAndAsks(string name, string birthDate, string sex)
    {
        var result = Resolve([Mrn, Resident], new MatchDemographics(name, birthDate, sex, null), Known(Resident, "p-known", Wang));

        Assert.NotEqual("p-known", result!.PatientId);
        Assert.Equal("p-known", result.DoubtfulPatientId);
        Assert.Equal(IntegrationErrorCode.ResidentIdContradicts, Assert.Single(_issues).Code);
        Assert.DoesNotContain(result.LinkKeys, l => l.Identifier == Resident);
    }

    [Fact]
    public void Resolve_ResidentIdWithWrongCheckDigit_IsToldAndNotUsed()
    {
        var wrong = Resident with { Value = "110105194912310021" };

        var result = Resolve([Mrn, wrong], Wang, Known(wrong, "p-known", Wang));

        Assert.NotEqual("p-known", result!.PatientId);
        Assert.Equal(IntegrationErrorCode.ResidentIdInvalid, Assert.Single(_issues).Code);
    }

    [Fact]
    public void Resolve_AccountNumberOrPlaceholderOnly_IdentifiesNobody()
    {
        Assert.Null(Resolve([Mrn with { Type = "AN" }], Wang));
        Assert.Null(Resolve([Mrn with { Value = "0000" }], Wang));
    }

    [Fact]
    public void Resolve_TwoLocalNumbersOfContradictingPeople_KeepsTheSubjects()
    {
        var card = new PatientIdentifier("urn:authority:CARD", "c9", "HC");

        var result = Resolve([Mrn, card], Wang, Known(Mrn, "p-b", Wang), Known(card, "p-a", new MatchDemographics("李强", "1970-01-01", "male", null)));

        Assert.Equal("p-b", result!.PatientId);
        Assert.Empty(result.JoinedPatientIds);
        Assert.DoesNotContain(result.LinkKeys, l => l.Identifier == card);
    }

    private PatientResolution? Resolve(
        PatientIdentifier[] identifiers, MatchDemographics demographics, params (string Key, IdentityDocument Identity)[] known) =>
        PatientResolver.Resolve(identifiers, demographics, known.ToDictionary(k => k.Key, k => (k.Identity, 1L)), Rules, _issues);

    private static (string Key, IdentityDocument Identity) Known(PatientIdentifier identifier, string patientId, MatchDemographics demographics) =>
        (identifier.Key, new IdentityDocument
        {
            Id = identifier.Key,
            Identifier = identifier,
            PatientId = patientId,
            OriginPatientId = patientId,
            LinkedBy = PatientResolver.New,
            LinkedByMessage = "m0",
            Demographics = demographics,
        });
}
