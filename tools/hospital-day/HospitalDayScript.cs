namespace Integration.HospitalDay;

/// <summary>The whole day, in no order but the clock's.</summary>
internal static class HospitalDayScript
{
    /// <summary>All files below <c>samples/hospital-day</c>; the same bytes at every call.</summary>
    public static IReadOnlyList<DayFile> Files()
    {
        var hospital = new Hospital(new Day());
        LeadStories.Pneumonia(hospital);
        LeadStories.Diabetes(hospital);
        LeadStories.UnknownManGetsHisName(hospital);
        LeadStories.Expecting(hospital);
        LeadStories.Child(hospital);
        WardStories.Mornings(hospital);
        WardStories.Admissions(hospital);
        ClinicStories.Visits(hospital);
        ClinicStories.Appointments(hospital);
        ClinicStories.ResultWithoutPatient(hospital);
        return hospital.Day.Files();
    }
}
