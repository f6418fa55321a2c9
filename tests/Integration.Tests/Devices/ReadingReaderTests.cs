using System.Text;
using Integration.Adapters.Device.Readings;

namespace Integration.Tests.Devices;

public sealed class ReadingReaderTests
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone("site", TimeSpan.FromHours(8), "site", "site");
    private static readonly DateTimeOffset Latest = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ReadAll_OneReading_IsReadWithItsBytes()
    {
        const string Json = """{"device":"BED-12","code":"hr","value":72.50,"unit":"/min","time":"2026-03-01T08:00:00.5+08:00","patient":"10001","ward":"ICU"}""";

        var read = Read(Json);

        var (index, reading, raw) = Assert.Single(read.Readings);
        Assert.Equal((0, "BED-12", "hr", "72.50", "/min", "10001"), (index, reading.Device, reading.Code, reading.Quantity!.Text, reading.Quantity.Unit, reading.Patient));
        Assert.Equal("2026-03-01T00:00:00.5Z", reading.TimeText);
        Assert.Equal([KeyValuePair.Create("other_ward", "ICU")], reading.Others);
        Assert.Equal(Json, Encoding.UTF8.GetString(raw.Span));
    }

    [Fact]
    public void ReadAll_TimeWithoutOffset_IsOfTheFeedsZone() =>
        Assert.Equal("2026-03-01T00:00:00Z", Assert.Single(Read("""{"device":"a","code":"hr","value":1,"time":"2026-03-01T08:00:00"}""").Readings).Reading.TimeText);

    [Theory]
    [InlineData("""[{"code":"hr","value":1,"time":"2026-03-01T08:00:00Z"}]""", "/0/device")]
    [InlineData("""[{"device":"a b","code":"hr","value":1,"time":"2026-03-01T08:00:00Z"}]""", "/0/device")]
    [InlineData("""[{"device":"a","code":"hr","value":"high","time":"2026-03-01T08:00:00Z"}]""", "/0/value")]
    [InlineData("""[{"device":"a","code":"hr","value":1e40,"time":"2026-03-01T08:00:00Z"}]""", "/0/value")]
    [InlineData("""[{"device":"a","code":"hr","time":"2026-03-01T08:00:00Z"}]""", "/0/value")]
    [InlineData("""[{"device":"a","code":"hr","value":1,"time":"2026-03-01"}]""", "/0/time")]
    [InlineData("""[{"device":"a","code":"hr","value":1,"time":"2027-03-01T08:00:00Z"}]""", "/0/time")]
    [InlineData("""[{"device":"a","code":"bp","time":"2026-03-01T08:00:00Z","components":[{"code":"sys","value":true}]}]""", "/0/components/0/value")]
    [InlineData("""["hr"]""", "/0")]
    [InlineData("""{"device":"a","code":"\ud800","value":1,"time":"2026-03-01T08:00:00Z"}""", "")]
    [InlineData("""{"device":"a","code":"hr","value":1,"time":"2026-03-01T08:00:00Z","\ud800":1}""", "")]
    public void ReadAll_WhatIsWrong_IsNamedByJsonPointer(string json, string pointer) =>
        Assert.Equal(pointer, Assert.Single(Read(json).Errors).Pointer);

    [Fact]
    public void ReadAll_SeveralWrong_NamesAllAndReadsTheNeighbours()
    {
        var read = Read("""[{"device":"a"},{"device":"a","code":"hr","value":1,"time":"2026-03-01T08:00:00Z"},7]""");

        Assert.Equal(1, Assert.Single(read.Readings).Index);
        Assert.Equal(["/0/code", "/0/time", "/0/value", "/2"], read.Errors.Select(e => e.Pointer));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[1,2,3,4]")]
    public void ReadAll_NoListOfReadings_IsUnreadable(string json) =>
        Assert.True(ReadingReader.ReadAll(Encoding.UTF8.GetBytes(json), 3, Zone, Latest).IsUnreadable);

    [Fact]
    public void ReadAll_AnyBytes_NeverThrows()
    {
        var random = new Random(20260301);
        var seed = """[{"device":"BED-12","code":"bp","time":"2026-03-01T08:00:00+08:00","components":[{"code":"sys","value":120.5,"unit":"mmHg"}]},{"id":"\u4e00","device":"a","code":"hr","value":1,"time":"2026-03-01 08:00"}]"""u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = seed.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : "\"\\{}[],:0u-eE"u8[random.Next(13)];
            }

            var read = ReadingReader.ReadAll(bytes.AsMemory(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length), 3, Zone, Latest);

            Assert.True(read.Readings.Count > 0 || read.Errors.Count > 0);
            Assert.All(read.Errors, error => Assert.StartsWith(error.Pointer.Length == 0 ? "" : "/", error.Pointer, StringComparison.Ordinal));
        }
    }

    private static ReadReadings Read(string json) => ReadingReader.ReadAll(Encoding.UTF8.GetBytes(json), 10, Zone, Latest);
}
