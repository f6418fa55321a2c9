using Integration.MappingCoverage;

if (args is not [var guide, var mappings, var document])
{
    Console.Error.WriteLine("Usage: dotnet run --project tools/mapping-coverage -- ../shared/data/v2-to-fhir mappings docs/mapping-coverage.md");
    return 2;
}

var report = CoverageReport.Make(guide, mappings);
foreach (var problem in report.Problems)
{
    Console.Error.WriteLine(problem);
}

if (report.Problems.Count > 0)
{
    return 1;
}

File.WriteAllText(document, CoverageDocument.Write(report));
Console.WriteLine($"{report.Tables.Sum(table => table.Rows.Count)} rows, {report.Tables.Sum(table => table.Count(Verdict.Mapped))} mapped");
return 0;
