using BenchmarkDotNet.Attributes;
using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Benchmarks;

/// <summary>Parse and ten reads by paths as text, the shape of a small mapping.</summary>
[MemoryDiagnoser]
public class Hl7ParserBenchmark
{
    private static readonly Hl7Parser Parser = new();
    private static readonly string[] AdtPaths =
    [
        "MSH-9.1", "MSH-10", "EVN-2", "PID-3.1", "PID-3.4", "PID-5[1].1", "PID-7", "PID-8", "PV1-2", "PV1-19.1",
    ];

    private static readonly string[] OruPaths =
    [
        "MSH-9.1", "MSH-10", "PID-3.1", "PID-5.1", "OBR-4.1", "OBX[1]-3.1", "OBX[1]-5", "OBX[10]-5", "OBX[20]-3.1", "OBX[20]-5",
    ];

    [Benchmark]
    public int Adt() => Read(Hl7Samples.Adt, AdtPaths);

    [Benchmark]
    public int AdtGb18030() => Read(Hl7Samples.AdtGb18030, AdtPaths);

    [Benchmark]
    public int Oru() => Read(Hl7Samples.Oru, OruPaths);

    private static int Read(byte[] raw, string[] paths)
    {
        var message = (Hl7Message)Parser.Parse(raw, "bench").Document!;
        var length = 0;
        foreach (var path in paths)
        {
            length += message[path]!.Length;
        }

        return length;
    }
}
