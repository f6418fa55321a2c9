using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Settings;

public sealed class SettingsReaderTests
{
    private static SettingsReader Reader(params (string Key, string? Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Feeds:his:{s.Key}", s.Value))).Build()
            .GetSection("Feeds:his"),
        "/engine");

    [Fact]
    public void CheckKeys_NestedUnknown_IsNamedWithItsParent()
    {
        var reader = Reader(("Listen", "x"), ("Tls:Certificate", "a"), ("Tls:Certificat", "b"));

        reader.CheckKeys("a feed", ["listen", "Tls:Certificate"]);

        Assert.Equal("Feeds:his:Tls:Certificat", Assert.Single(reader.Problems).Place);
    }

    [Fact]
    public void Read_Absent_GivesTheUsualAndNoProblem()
    {
        var reader = Reader();

        Assert.Equal((7, true, IssueSeverity.Warning), (reader.Number("N", 1, 9, 7), reader.Flag("F", true), reader.Choice("C", IssueSeverity.Warning)));
        Assert.Null(reader.Peer("P"));
        Assert.Null(reader.Text("T"));
        Assert.Null(reader.File("X"));
        Assert.Equal("his", reader.Name);
        Assert.False(reader.Has("N"));
        Assert.Empty(reader.Problems);
    }

    [Theory]
    [InlineData("lis.hospital.local:2575", "lis.hospital.local", 2575)]
    [InlineData(" 10.1.2.3:1 ", "10.1.2.3", 1)]
    [InlineData("localhost:80", "localhost", 80)]
    [InlineData("[::1]:80", "::1", 80)]
    public void Peer_HostAndPort_AreTaken(string value, string host, int port)
    {
        var peer = Reader(("P", value)).Peer("P");

        Assert.Equal((host, port), (peer?.Host, peer?.Port));
    }

    [Theory]
    [InlineData("lis")]
    [InlineData("lis:0")]
    [InlineData("lis:99999")]
    [InlineData("::1:80")]
    [InlineData("a b:80")]
    [InlineData("[lis]:80")]
    [InlineData(":80")]
    public void Peer_Wrong_IsAProblem(string value)
    {
        var reader = Reader(("P", value));

        Assert.Null(reader.Peer("P"));
        Assert.Equal("Feeds:his:P", Assert.Single(reader.Problems).Place);
    }

    [Fact]
    public void FlagAndChoice_AnyCaseOrAProblem()
    {
        var reader = Reader(("F", "FALSE"), ("G", "yes"), ("C", "error"), ("D", "1"));

        Assert.False(reader.Flag("F", usual: true));
        Assert.True(reader.Flag("G", usual: true));
        Assert.Equal(IssueSeverity.Error, reader.Choice("C", IssueSeverity.Warning));
        Assert.Equal(IssueSeverity.Warning, reader.Choice("D", IssueSeverity.Warning));
        Assert.Equal(["Feeds:his:G", "Feeds:his:D"], reader.Problems.Select(p => p.Place));
    }

    [Fact]
    public void PathAndFile_Relative_StartAtTheBaseFolder()
    {
        var reader = Reader(("P", "certificates/his.pem"));

        Assert.Equal(Path.GetFullPath("/engine/certificates/his.pem"), reader.Path("P"));
        Assert.Null(reader.File("P"));
        Assert.Contains("his.pem", Assert.Single(reader.Problems).Text);
    }
}
