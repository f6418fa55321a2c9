using System.Globalization;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Host.Security;

namespace Integration.Host.Commands;

/// <summary>What to look at when the day is over.</summary>
internal static class DemoNotice
{
    public static async Task WriteAsync(
        TextWriter output, WebApplication app, DemoDay day, IReadOnlyDictionary<MessageState, long> counts, string apiKey, bool isChinese,
        CancellationToken cancellationToken)
    {
        var url = StartNotice.UrlOf(app);
        await output.WriteLineAsync(CountsLine(counts));
        await output.WriteLineAsync();
        await output.WriteLineAsync($"Console  {url}{app.Services.GetRequiredService<ConsoleLink>().Create()}   (opens once; then the links below)");
        await output.WriteLineAsync($"         {url}/messages?state=Failed   what waits in quarantine, and why");
        await output.WriteLineAsync($"         {url}/follow-ups?state=all   whom to remind, call or examine because of this day, and when");
        var records = app.Services.GetRequiredService<PatientRecordStore>();
        foreach (var patient in day.LookAt)
        {
            var found = await records.SearchAsync(new PatientSearch(Identifier: patient.Identifier, Limit: 1), cancellationToken);
            await output.WriteLineAsync();
            await output.WriteLineAsync($"{patient.Name}  {(found.Patients is [var record, ..] ? $"{url}/patients/{record.Id}" : "is not in the record: see the messages that failed")}");
            await output.WriteLineAsync($"         {(isChinese ? patient.WhyZh : patient.Why)}");
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync($"API      curl -G -H 'X-Api-Key: {apiKey}' --data-urlencode 'name={day.LookAt.FirstOrDefault()?.Name}' {url}/api/v1/patients");
        await output.WriteLineAsync("Stop with Ctrl+C.");
        await output.FlushAsync(cancellationToken);
    }

    /// <summary><c>In 405 = done 403 + waiting 0 + failed 1 + filtered 0 + duplicate 1</c>.</summary>
    public static string CountsLine(IReadOnlyDictionary<MessageState, long> counts)
    {
        MessageState[] order = [MessageState.Done, MessageState.Waiting, MessageState.Failed, MessageState.Filtered, MessageState.Duplicate];
        var parts = order.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.ToString().ToLowerInvariant()} {counts.GetValueOrDefault(s)}"));
        return string.Create(CultureInfo.InvariantCulture, $"In {counts.Values.Sum()} = {string.Join(" + ", parts)}");
    }
}
