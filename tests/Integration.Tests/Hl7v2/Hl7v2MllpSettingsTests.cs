using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7v2MllpSettingsTests
{
    private static readonly Hl7v2MllpAdapterFactory Factory = new(new IntakeBudget(long.MaxValue), TimeProvider.System, NullLoggerFactory.Instance);

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Feeds:his:{s.Key}", s.Value)))
            .Build();

    private static (Hl7v2MllpOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IConfigurationSection section)
    {
        var reader = new SettingsReader(section);
        return (Hl7v2MllpSettings.Read(reader), reader.Problems);
    }

    private static IConfigurationSection Section(params (string Key, string? Value)[] settings) => Configuration(settings).GetSection("Feeds:his");

    [Fact]
    public void Read_NothingSet_GivesTheDefaults()
    {
        var (options, problems) = Read(Section(("Adapter", "Hl7v2.Mllp")));

        Assert.Empty(problems);
        Assert.Equal("127.0.0.1:2575", options.Listen.ToString());
        Assert.Equal((16 * 1024 * 1024, TimeSpan.FromMinutes(5), 200), (options.MaxMessageBytes, options.IdleTimeout, options.MaxConnections));
        Assert.Equal(("his", null, null), (options.Reading.AssigningAuthority, options.Reading.Charset, options.Reading.DefaultCharset));
        Assert.Equal(TimeSpan.FromHours(8), options.Reading.TimeZone.BaseUtcOffset);
    }

    [Fact]
    public void Read_EverythingSet_IsTaken()
    {
        var (options, problems) = Read(Section(
            ("adapter", "Hl7v2.Mllp"), ("listen", "[::1]:99"), ("MaxMessageBytes", "2048"), ("IdleTimeout", "00:00:30"), ("MaxConnections", "3"),
            ("Charset", "gbk"), ("DefaultCharset", "utf-8"), ("TimeZone", "UTC"), ("AssigningAuthority", "EMPI")));

        Assert.Empty(problems);
        Assert.Equal("[::1]:99", options.Listen.ToString());
        Assert.Equal((2048, TimeSpan.FromSeconds(30), 3), (options.MaxMessageBytes, options.IdleTimeout, options.MaxConnections));
        Assert.Equal(
            ("EMPI", "GB18030", "UTF-8", "UTC"),
            (options.Reading.AssigningAuthority, options.Reading.Charset!.Name, options.Reading.DefaultCharset!.Name, options.Reading.TimeZone.Id));
    }

    [Fact]
    public void Read_CharsetSettings_AreTaken()
    {
        var (options, problems) = Read(Section(
            ("CharsetAliases:X-SITE 1", "gbk"), ("CharsetAliases:UNICODE", "UTF-16"), ("CharsetMismatch", "quarantine")));

        Assert.Empty(problems);
        Assert.Equal(SourceCharset.Gb18030, options.Reading.CharsetAliases.Find("x-site-1"));
        Assert.Equal(SourceCharset.Utf16, options.Reading.CharsetAliases.Find("Unicode"));
        Assert.Equal(Hl7CharsetMismatch.Quarantine, options.Reading.CharsetMismatch);
    }

    [Fact]
    public void Read_CharsetSettingsThatAreWrong_AreAllReported()
    {
        var (_, problems) = Read(Section(("CharsetAliases:X", "martian"), ("CharsetMismatch", "1"), ("Charset", "?")));

        Assert.Equal(["Feeds:his:Charset", "Feeds:his:CharsetAliases:X", "Feeds:his:CharsetMismatch"], problems.Select(p => p.Place).Order());
        Assert.All(problems, p => Assert.NotNull(p.Remedy));
    }

    [Theory]
    [InlineData("localhost:2575", "127.0.0.1:2575")]
    [InlineData("0.0.0.0:1", "0.0.0.0:1")]
    [InlineData(" 127.0.0.1:0 ", "127.0.0.1:0")]
    public void Read_Listen_TakesAddressAndPort(string value, string expected)
    {
        var (options, problems) = Read(Section(("Listen", value)));

        Assert.Empty(problems);
        Assert.Equal(expected, options.Listen.ToString());
    }

    [Fact]
    public void Read_Connect_IsClientModeWithoutIdleTimeout()
    {
        var (options, problems) = Read(Section(
            ("Connect", "lis.local:6661"), ("Listen", ""), ("MaxReconnectDelay", "00:01:00"), ("AckMode", "original"), ("ApplicationAckTimeout", "00:00:05"),
            ("Tls:Enabled", "true"), ("Tls:ServerName", "lis")));

        Assert.Empty(problems);
        Assert.Equal(("lis.local", 6661), (options.Connect!.Host, options.Connect.Port));
        Assert.Equal((Timeout.InfiniteTimeSpan, TimeSpan.FromMinutes(1)), (options.IdleTimeout, options.MaxReconnectDelay));
        Assert.Equal((Hl7AckMode.Original, TimeSpan.FromSeconds(5)), (options.AckMode, options.ApplicationAckTimeout));
        Assert.Equal("lis", options.Tls!.ServerName);
    }

    [Fact]
    public void Validate_ConnectAndListen_IsAProblem() =>
        Assert.Equal("Feeds:his:Connect", Assert.Single(Factory.Validate("his", Section(("Connect", "lis:1"), ("Listen", "127.0.0.1:1")))).Place);

    [Theory]
    [InlineData("Listen", "2575")]
    [InlineData("Listen", "127.0.0.1")]
    [InlineData("Listen", "127.0.0.1:")]
    [InlineData("Listen", "127.0.0.1:65536")]
    [InlineData("Listen", "127.1:2575")]
    [InlineData("Listen", "[::1:2575")]
    [InlineData("Listen", ":2575")]
    [InlineData("Listen", "his.example:2575")]
    [InlineData("Listen", "")]
    [InlineData("MaxMessageBytes", "1023")]
    [InlineData("MaxMessageBytes", "16 MiB")]
    [InlineData("MaxMessageBytes", "99999999999")]
    [InlineData("IdleTimeout", "5")]
    [InlineData("IdleTimeout", "00:00:00")]
    [InlineData("IdleTimeout", "-00:05:00")]
    [InlineData("IdleTimeout", "2.00:00:00")]
    [InlineData("MaxConnections", "0")]
    [InlineData("MaxConnections", "-1")]
    [InlineData("Charset", "klingon")]
    [InlineData("Charset", "")]
    [InlineData("DefaultCharset", "8859/99")]
    [InlineData("TimeZone", "Beijing")]
    [InlineData("Connect", "lis")]
    [InlineData("AckMode", "Enhanced")]
    [InlineData("ApplicationAckTimeout", "30")]
    [InlineData("Tls:Certificate", "missing.pem")]
    [InlineData("Lisen", "127.0.0.1:2575")]
    public void Validate_BadSetting_NamesItWithARemedy(string key, string value)
    {
        var problem = Assert.Single(Factory.Validate("his", Section((key, value))));

        Assert.Equal($"Feeds:his:{key}", problem.Place);
        Assert.False(string.IsNullOrEmpty(problem.Remedy));
    }

    [Fact]
    public void Validate_ManyBadSettings_ReportsAllAtOnce()
    {
        var section = Section(("Listen", "x"), ("MaxConnections", "x"), ("Charset", "x"), ("Nonsense", "x"));

        Assert.Equal(4, Factory.Validate("his", section).Count);
        Assert.Equal(4, Assert.Throws<ConfigurationException>(() => Factory.Create("his", section, new FakeIntake())).Problems.Count);
    }

    [Fact]
    public async Task AddHl7v2Adapter_Container_GivesParserWithTheFeedsSettingsAndFactory()
    {
        await using var provider = new ServiceCollection()
            .AddSingleton<IMessageIntake, FakeIntake>()
            .AddSingleton(new IntakeBudget(long.MaxValue))
            .AddSingleton(Configuration(("Charset", "GB18030")))
            .AddLogging()
            .AddHl7v2Adapter()
            .BuildServiceProvider();

        var parser = provider.GetRequiredService<IMessageParser>();
        var factory = provider.GetRequiredService<IInboundAdapterFactory>();
        var raw = Hl7.Bytes($"{Hl7.Header()}\rPID|1||P1||瑋\r", Hl7.Gb18030);

        Assert.Equal(("hl7v2", "Hl7v2.Mllp"), (parser.Format, factory.Name));
        Assert.Empty(parser.Parse(raw, "his").Issues);
        Assert.Single(parser.Parse(raw, "feed that is no more").Issues);
        await using var adapter = factory.Create("his", Section(("Listen", "127.0.0.1:0")), new FakeIntake());
        Assert.Equal(("his", "MLLP server on 127.0.0.1:0", 0), (adapter.Feed, adapter.Description, adapter.Connections));
    }
}
