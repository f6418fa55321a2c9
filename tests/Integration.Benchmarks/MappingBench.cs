using System.Diagnostics;
using System.Globalization;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Mapping;

namespace Integration.Benchmarks;

/// <summary>
/// Messages mapped a second of processor time of one core: a full ADT, and ORU with a growing number of results. Parsing is not
/// counted, garbage collection is. Processor time, so that other work on the machine does not change the figure much.
/// </summary>
internal static class MappingBench
{
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1);

    public static void Run()
    {
        var loading = Stopwatch.StartNew();
        var loaded = MappingLoader.Load(Path.Combine(RepositoryFolder.Path, "mappings"));
        var mapper = loaded.Mapper ?? throw new InvalidOperationException(string.Join(Environment.NewLine, loaded.Problems));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mappings {mapper.Version} checked and compiled in {loading.ElapsedMilliseconds} ms"));
        Measure(mapper, "ADT^A01", Adt());
        foreach (var results in (int[])[1, 10, 20, 100, 1000])
        {
            Measure(mapper, $"ORU^R01 with {results} OBX", Oru(results));
        }
    }

    /// <summary>The median of five rounds of a second, after a warm-up round.</summary>
    private static void Measure(IMapper mapper, string name, string message)
    {
        var feed = new FeedContext("his", "his", TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
        var document = new Hl7Parser().Parse(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r")), "his").Document!;
        var rates = new List<double>();
        long bytes = 0;
        for (var round = 0; round < 6; round++)
        {
            var count = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < RoundTime)
            {
                mapper.Map(document, feed);
                count++;
            }

            rates.Add(count / (Environment.CpuUsage.TotalTime - start).TotalSeconds);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / count;
        }

        rates.RemoveAt(0);
        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24} {rates[2],12:N0} messages/s  {bytes,12:N0} bytes/message"));
    }

    private static string Adt() =>
        """
        MSH|^~\&|HIS|EAST|ENGINE|HUB|20260301083000||ADT^A01|A01-0001|P|2.4||||||UNICODE UTF-8
        EVN|A01|20260301083000|||admin|20260301083000
        PID|1||P0001001^^^HIS^PI~11010519491231002X^^^^NI||张三^^^^^^L~Zhang^San^^^^^L^A||19491231|1|||东长安街1号^^北京市^北京^100006^CHN^H||13800138000|||20^已婚^GB/T 2261.2
        NK1|1|张小明|3^女儿^GB/T 4761||13900139000
        PV1|1|I|心内科^302^01^东院区|R|||D1001^李^明|D2002^王芳||0301^心血管内科||||1|||||ZY20260001|||||||||||||||||||||||||20260301083000
        AL1|1|DA|J01CA^青霉素^ATC|SV|皮疹
        DG1|1||I63.9^脑梗死^I10|脑梗死|20260301|A
        IN1|1|YB01^城镇职工基本医疗保险|110000^^^YB|北京市医疗保险事务管理中心||||||||20200101|||||01|||||||||||||||||||YB88001122
        """;

    private static string Oru(int results)
    {
        var message = new StringBuilder(
            """
            MSH|^~\&|LIS|EAST|ENGINE|HUB|20260301103000||ORU^R01|R01-0001|P|2.4||||||UNICODE UTF-8
            PID|1||P0001001^^^HIS^PI||张三||19491231|1
            PV1|1|I|心内科^302^01||||||||||||||||ZY20260001
            OBR|1|PL1001^HIS|LIS2001^LIS|XCG^血常规^L|||20260301090000|||||||||D1001^李明||||||20260301103000||HM|F
            """);
        for (var i = 1; i <= results; i++)
        {
            message.Append(CultureInfo.InvariantCulture, $"\nOBX|{i}|NM|T{i}^项目{i}^L||{i}.50|10*9/L^^UCUM|3.5-9.5|H|||F|||20260301100500||T01^陈静");
        }

        return message.ToString();
    }
}
