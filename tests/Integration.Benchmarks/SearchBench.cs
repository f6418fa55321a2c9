using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Benchmarks;

/// <summary>
/// The search box over a journal of many messages: loads them, then searches by each kind of key and prints how long the first page of 50 took. Names,
/// phones and numbers are as frequent as in a hospital: common names and initials have thousands of messages.
/// </summary>
internal static class SearchBench
{
    private const int Seed = 205;
    private const int SearchesOfAKind = 300;
    private const int BatchSize = 200;
    private const int MessagesOfAPatient = 8;
    private const string Surnames = "王王王王王王王李李李李李李李张张张张张张刘刘刘刘陈陈陈杨杨赵黄周吴徐孙胡朱高林何郭马罗";
    private const string GivenNames = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建国文辉鑫婷宇浩欣梓涵子轩";

    public static Command Create()
    {
        var messages = new Option<int>("--messages") { Description = "Messages in the journal.", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("search", "First page of a search over all messages, by kind of key: p50, p95 and the longest.") { messages };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(messages), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int count, CancellationToken cancellationToken)
    {
        await using var bench = await BenchStore.OpenAsync();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i += BatchSize)
        {
            var batch = new WriteBatch();
            foreach (var message in Enumerable.Range(i, Math.Min(BatchSize, count - i)).Select(Message))
            {
                batch.Add(Collections.Messages.Put(message, 0, withPayload: true));
            }

            await bench.Store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        }

        var loaded = Stopwatch.GetElapsedTime(began);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:N0} messages loaded in {loaded.TotalSeconds:N0} s ({count / loaded.TotalSeconds:N0}/s), {bench.Bytes / Math.Max(count, 1):N0} B each on disk"));
        var journal = new MessageJournal(
            bench.Store, new MessageTally(), new ArrivalSignal(), new MessageCompletions(), new DiskGuard(() => null, 0, TimeProvider.System, NullLogger<DiskGuard>.Instance));
        Console.WriteLine($"{"searched by",-28} {"p50 ms",8} {"p95 ms",8} {"max ms",8} {"found",8}");
        var random = new Random(Seed);
        var all = new List<double>();
        foreach (var (kind, textOf) in Kinds)
        {
            var (times, found) = (new List<double>(), 0);
            for (var i = 0; i < SearchesOfAKind; i++)
            {
                var text = textOf(random.Next(count));
                var start = Stopwatch.GetTimestamp();
                found += (await journal.SearchAsync(new MessageSearch(Text: text), cancellationToken)).Messages.Count;
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            all.AddRange(times);
            Print(kind, times, (double)found / SearchesOfAKind);
        }

        Print("all", all, null);
    }

    private static readonly (string Kind, Func<int, string> TextOf)[] Kinds =
    [
        ("message id", IdOf), ("control id", ControlIdOf), ("patient id", i => PatientOf(i).ToString("x32", CultureInfo.InvariantCulture)),
        ("identifier", i => $"ZY{PatientOf(i):D8}"), ("identifier with authority", i => $"urn:authority:HIS|ZY{PatientOf(i):D8}"), ("name", NameOf),
        ("pinyin initials", i => InitialsOf(NameOf(i))), ("beginning of a name", i => NameOf(i)[..2]), ("phone", i => PhoneOf(i)), ("phone tail", i => PhoneOf(i)[^4..]),
        ("visit", VisitOf), ("accession", AccessionOf), ("nothing of this", i => $"QQ{i:D9}"),
    ];

    private static JournaledMessage Message(int i)
    {
        var (patient, name, phone) = (PatientOf(i), NameOf(i), PhoneOf(i));
        var received = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(i * 100L);
        return new JournaledMessage
        {
            Id = IdOf(i),
            Feed = i % 3 == 0 ? "lis" : "his",
            Received = received,
            Format = "hl7v2",
            MessageType = "ADT^A08",
            ControlId = ControlIdOf(i),
            Sender = "HIS|EAST",
            ContentHash = new string('a', 64),
            PatientKey = $"HIS|{patient}",
            State = i % 200 == 0 ? MessageState.Failed : MessageState.Done,
            PatientId = patient.ToString("x32", CultureInfo.InvariantCulture),
            Identifiers = [$"urn:authority:HIS|ZY{patient:D8}", $"ZY{patient:D8}"],
            SearchKeys = [name, InitialsOf(name), phone, phone[^4..], VisitOf(i).ToLowerInvariant(), AccessionOf(i).ToLowerInvariant()],
            Finished = received,
            RawBytes = 200,
            Raw = new byte[200],
        };
    }

    private static string IdOf(int i) => $"019b7000{i:x24}";

    private static string ControlIdOf(int i) => $"MSG{i:D8}";

    // Neighbours in time are other patients.
    private static int PatientOf(int i) => (int)((i / MessagesOfAPatient * 7919L) + (i % MessagesOfAPatient * 104_729L)) & 0x3FFFF;

    private static string VisitOf(int i) => $"V{PatientOf(i):D8}{i % 2}";

    private static string AccessionOf(int i) => $"ACC{i / 2:D9}";

    private static string PhoneOf(int i) => $"139{PatientOf(i) * 2_654_435_761L % 100_000_000:D8}";

    private static string NameOf(int i)
    {
        var patient = PatientOf(i);
        var random = new Random(patient);
        var name = Surnames[random.Next(Surnames.Length)].ToString() + GivenNames[random.Next(GivenNames.Length)];
        return random.Next(3) == 0 ? name : name + GivenNames[random.Next(GivenNames.Length)];
    }

    private static string InitialsOf(string name) => PinyinInitials.Of(name) ?? "?";

    private static void Print(string what, List<double> times, double? found)
    {
        times.Sort();
        Console.WriteLine($"{what,-28} {times[times.Count / 2],8:N2} {times[times.Count * 95 / 100],8:N2} {times[^1],8:N2} {found,8:N1}");
    }
}
