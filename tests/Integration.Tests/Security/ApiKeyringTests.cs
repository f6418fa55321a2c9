using Integration.Core.Diagnostics;
using Integration.Host.Security;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Security;

public sealed class ApiKeyringTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("integration-keys-");

    private string FilePath => Path.Combine(_folder.FullName, "api-keys.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void TakeNewKey_FirstStart_ShowsItOnceAndStoresOnlyItsHash()
    {
        var keyring = Open();

        var key = keyring.TakeNewKey()!;

        Assert.Equal(43, key.Length);
        Assert.Null(keyring.TakeNewKey());
        Assert.Equal("first-start", keyring.Match(key)!.Name);
        var file = File.ReadAllText(FilePath);
        Assert.DoesNotContain(key, file, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(ApiKeyring.HashOf(key)), file, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }
    }

    [Fact]
    public void Open_SecondStart_KnowsTheKeyAndMakesNone()
    {
        var key = Open().TakeNewKey()!;

        var again = Open();

        Assert.Null(again.TakeNewKey());
        Assert.NotNull(again.Match(key));
        Assert.Null(again.Match(key[..^1]));
        Assert.Null(again.Match(Convert.ToHexStringLower(ApiKeyring.HashOf(key))));
    }

    [Fact]
    public void Open_ThatNobodyFollowsUp_LeavesNoKeyBehind()
    {
        Open();

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Open_KeysConfigured_KnowsThemInsteadOfTheFirstOne()
    {
        var first = Open().TakeNewKey()!;

        var keyring = Open(("crm", "key-of-the-crm-0123456789"), ("empty", ""));

        Assert.Equal("crm", keyring.Match("key-of-the-crm-0123456789")!.Name);
        Assert.Null(keyring.Match(first));
        Assert.Null(keyring.Match(""));
        Assert.Null(keyring.TakeNewKey());
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("""{"keys":[{"name":"x","sha256":"abc","created":"2026-01-01T00:00:00Z"}]}""", "64 hex digits")]
    public void Open_FileDamaged_SaysWhereAndWhatToDo(string content, string reason)
    {
        File.WriteAllText(FilePath, content);

        var problem = Assert.Single(Assert.Throws<ConfigurationException>(() => Open()).Problems);

        Assert.Equal(FilePath, problem.Place);
        Assert.Contains(reason, problem.Text, StringComparison.Ordinal);
        Assert.Contains("delete it", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crm", "short", "20 to 200")]
    [InlineData("crm", "has spaces in the middle of it", "20 to 200")]
    [InlineData("what is this", "key-of-the-crm-0123456789", "1 to 64")]
    public void Problems_KeyThatCannotBeUsed_AreNamedWithoutShowingIt(string name, string key, string reason)
    {
        var problem = Assert.Single(ConfiguredApiKeys.Problems(Configuration((name, key))));

        Assert.Equal($"Security:ApiKeys:{name}", problem.Place);
        Assert.Contains(reason, problem.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(key, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_TwoHoldersOfOneKey_IsAProblem()
    {
        var problem = Assert.Single(ConfiguredApiKeys.Problems(Configuration(("a", "key-of-the-crm-0123456789"), ("b", "key-of-the-crm-0123456789"))));

        Assert.Contains("same key as that of a", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_KeyInAppsettings_IsRefusedAndTheSameKeyFromElsewhereIsNot()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "appsettings.json"), """{"Security":{"ApiKeys":{"crm":"key-of-the-crm-0123456789"}}}""");
        File.WriteAllText(Path.Combine(_folder.FullName, "secrets.json"), """{"Security":{"ApiKeys":{"bi":"key-of-the-bi-01234567890"}}}""");
        var configuration = new ConfigurationBuilder().SetBasePath(_folder.FullName).AddJsonFile("appsettings.json").AddJsonFile("secrets.json").Build();

        var problem = Assert.Single(ConfiguredApiKeys.Problems(configuration));

        Assert.Equal("Security:ApiKeys:crm", problem.Place);
        Assert.Contains("appsettings.json", problem.Text, StringComparison.Ordinal);
        Assert.Contains("Security__ApiKeys__crm", problem.Remedy, StringComparison.Ordinal);
    }

    private ApiKeyring Open(params (string Name, string Key)[] keys) => ApiKeyring.Open(Configuration(keys), _folder.FullName, TimeProvider.System);

    private static IConfigurationRoot Configuration(params (string Name, string Key)[] keys) => new ConfigurationBuilder()
        .AddInMemoryCollection(keys.Select(key => KeyValuePair.Create($"Security:ApiKeys:{key.Name}", (string?)key.Key))).Build();
}
