using Integration.HospitalDay;

if (args is not [var folder])
{
    Console.Error.WriteLine("Usage: dotnet run --project tools/hospital-day -- samples/hospital-day");
    return 2;
}

foreach (var old in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.hl7", SearchOption.AllDirectories).ToList() : [])
{
    File.Delete(old);
}

var files = HospitalDayScript.Files();
foreach (var file in files)
{
    var path = Path.Combine(folder, file.Path);
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    File.WriteAllBytes(path, file.Bytes);
}

Console.WriteLine($"{files.Count} messages, {files.Sum(f => f.Bytes.Length)} bytes");
return 0;
