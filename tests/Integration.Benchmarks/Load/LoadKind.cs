using System.Globalization;
using System.Text;

namespace Integration.Benchmarks.Load;

/// <summary>One kind of message: prebuilt frames whose control id, time and order number are overwritten in place.</summary>
/// <param name="name"><c>adt</c> or <c>oru</c>.</param>
/// <param name="messagesOf">What is sent for one patient, again and again.</param>
internal sealed class LoadKind(string name, Func<int, IReadOnlyList<string>> messagesOf)
{
    private const int Patients = 2_000;

    // As wide as what overwrites them, and nothing else in a message looks like them.
    internal const string ControlId = "##CONTROLID#";
    internal const string Time = "####TIME######";

    private static readonly LoadKind[] All =
    [
        new("adt", patient => [Adt("A01", patient), Adt("A08", patient)]),
        new("oru", patient => [Oru(patient)]),
    ];

    private LoadFrame[][]? _frames;

    public string Name => name;

    /// <summary>For each patient the frames to send in turn.</summary>
    public LoadFrame[][] Frames => _frames ??=
        [.. Enumerable.Range(0, Patients).Select(patient => messagesOf(patient).Select(m => new LoadFrame(m)).ToArray())];

    public static LoadKind Parse(string name) =>
        All.FirstOrDefault(k => k.Name == name) ?? throw new ArgumentException($"There is no kind '{name}': adt, oru.");

    /// <summary>One whole message without its frame, with a control id and a time of its own.</summary>
    /// <param name="number">Which of the messages that one sender after another would send, from 0.</param>
    public byte[] Message(int number)
    {
        var frames = Frames[number % Patients];
        var frame = frames[number / Patients % frames.Length];
        var bytes = new byte[frame.Bytes.Length];
        var time = new DateTime(2026, 3, 16, 8, 0, 0, DateTimeKind.Unspecified).AddSeconds(number).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        frame.CopyTo(bytes, Encoding.ASCII.GetBytes(number.ToString("D12", CultureInfo.InvariantCulture)), Encoding.ASCII.GetBytes(time));
        return bytes[1..^2];
    }

    private static string Header(string application, string type) =>
        $@"MSH|^~\&|{application}|EAST|INTEGRATION|EAST|{Time}+0800||{type}|{ControlId}|P|2.5.1|||||CHN|UNICODE UTF-8|zh";

    private static string Pid(int patient) => string.Create(CultureInfo.InvariantCulture,
        $"PID|1||{90_000_000 + patient}^^^HIS^PI||{Family(patient)}^{Given(patient)}^^^^^L^I||{1940 + (patient % 80)}{1 + (patient % 12):D2}{1 + (patient % 28):D2}|{(patient % 2 == 0 ? 'F' : 'M')}|||松鹤里{1 + (patient % 40)}号楼{1 + (patient % 6)}单元^^北京市^北京市^100010^CHN^H||1380000{patient:D4}^PRN^CP||zh^汉语^ISO639|M^已婚||||||HA^汉族^GB3304");

    private static string Pv1(int patient) => string.Create(CultureInfo.InvariantCulture,
        $"PV1|1|I|W{1 + (patient % 12):D2}^{100 + (patient % 40)}^{1 + (patient % 30):D2}^EAST^^^^^心血管内科|R|||D1042^林^思齐^^^^^^HIS|||0302^心血管内科^HIS-DEPT||||||||城镇职工医保|ZY{patient:D8}^^^HIS^VN|||||||||||||||||||||||||20260316084200+0800");

    private static string Adt(string trigger, int patient) => string.Join('\r',
        Header("HIS", $"ADT^{trigger}^ADT_A01"), $"EVN|{trigger}|{Time}+0800||||{Time}+0800", Pid(patient),
        $"NK1|1|{Family(patient + 1)}^{Given(patient + 7)}^^^^^L^I|SPO^配偶^HL70063||1390000{patient:D4}^PRN^CP", Pv1(patient),
        "AL1|1|DA^药物过敏^HL70127|J01C^青霉素^HIS-ALG|SV^重度^HL70128|皮疹",
        $"DG1|1|I10|I10.x00^高血压病^I10||{Time}+0800|A|||||||||1|D1042^林^思齐^^^^^^HIS",
        $"DG1|2|I10|E11.900^2型糖尿病^I10||{Time}+0800|W|||||||||2|D1042^林^思齐^^^^^^HIS",
        $"IN1|1|01^城镇职工医保^HIS-PLAN|110101^^^YB^NIIP|医疗保险经办中心||||||||20260101|20261231||01|{Family(patient)}^{Given(patient)}|SEL^本人^HL70063") + "\r";

    private static string Oru(int patient)
    {
        var lines = new List<string>
        {
            Header("LIS", "ORU^R01^ORU_R01"), Pid(patient), Pv1(patient), $"ORC|RE|R{ControlId}^HIS|S{ControlId}^LIS||CM||||{Time}+0800",
            $"OBR|1|R{ControlId}^HIS|S{ControlId}^LIS|2001^生化全套^LIS-PANEL|||{Time}+0800|||||||{Time}+0800|SER|D1042^林^思齐^^^^^^HIS||||||{Time}+0800||LAB|F",
        };
        lines.AddRange(Enumerable.Range(1, 20).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"OBX|{i}|NM|T{i:D3}^检验项目{i}^LIS||{4 + ((patient + i) % 50) / 10.0:F1}|mmol/L|3.9-6.1|{((patient + i) % 50 > 21 ? "H" : "N")}|||F|||{Time}+0800")));
        return string.Join('\r', lines) + "\r";
    }

    private static string Family(int n) => "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"[n % 16].ToString();

    private static string Given(int n) => $"{"建国志明秀英桂兰海燕晓东文博雨桐"[n % 16]}{"瑋玘红军丽华强敏静杰磊娜洋艳勇超"[n / 16 % 16]}";
}

/// <summary>One message in its MLLP frame, and where it is overwritten.</summary>
internal sealed class LoadFrame
{
    private readonly int[] _controlIds;
    private readonly int[] _times;

    public LoadFrame(string message)
    {
        Bytes = [0x0B, .. Encoding.UTF8.GetBytes(message), 0x1C, 0x0D];
        _controlIds = Find(LoadKind.ControlId);
        _times = Find(LoadKind.Time);
    }

    /// <summary>Never sent as they are: every connection overwrites a copy.</summary>
    public byte[] Bytes { get; }

    /// <summary>Copies the frame and makes it a message of its own.</summary>
    /// <param name="controlId">12 ASCII bytes.</param>
    /// <param name="time">14 ASCII digits.</param>
    /// <returns>Length of the frame.</returns>
    public int CopyTo(Span<byte> buffer, ReadOnlySpan<byte> controlId, ReadOnlySpan<byte> time)
    {
        Bytes.CopyTo(buffer);
        foreach (var at in _controlIds)
        {
            controlId.CopyTo(buffer[at..]);
        }

        foreach (var at in _times)
        {
            time.CopyTo(buffer[at..]);
        }

        return Bytes.Length;
    }

    private int[] Find(string placeholder)
    {
        var bytes = Encoding.ASCII.GetBytes(placeholder);
        var places = new List<int>();
        for (var at = Bytes.AsSpan().IndexOf(bytes); at >= 0;)
        {
            places.Add(at);
            var next = Bytes.AsSpan(at + bytes.Length).IndexOf(bytes);
            at = next < 0 ? -1 : at + bytes.Length + next;
        }

        return [.. places];
    }
}
