using System.Globalization;
using Integration.Core.Storage;
using Integration.Storage.Mongo.Native;
using Integration.SystemTests.Peers;
using Integration.Tests.Hl7v2;
using Integration.Tests.Storage.Contract;

namespace Integration.SystemTests.Storage;

/// <summary>The options of a connection string reach the driver: TLS with its own authority, a client's certificate, SRV.</summary>
public sealed class MongoConnectionTests(MongoPeer peer) : IDisposable
{
    private const string Password = "Geheim4711";
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Open_TlsWithItsAuthority_IsServed()
    {
        await using var proxy = Proxy(asksForClients: false, out var uri);

        await using var store = await MongoStores.OpenAsync($"{uri}&tls=true&tlsCAFile={_certificates.AuthorityFile}", ContractCollections.All);

        Assert.Equal(0, await store.CountAsync(ContractCollections.Items, [], 10, CancellationToken.None));
    }

    [Fact]
    public async Task Open_TlsOfAnUnknownAuthority_IsRefusedWithoutThePassword()
    {
        await using var proxy = Proxy(asksForClients: false, out var uri);

        await RefusedAsync($"{uri}&tls=true&serverSelectionTimeoutMS=2000");
    }

    [Fact]
    public async Task Open_ClientCertificate_IsShown()
    {
        await using var proxy = Proxy(asksForClients: true, out var uri);
        var client = _certificates.PemFile("engine", Year);

        await using var store = await MongoStores.OpenAsync(
            $"{uri}&tls=true&tlsCAFile={_certificates.AuthorityFile}&tlsCertificateKeyFile={client}", ContractCollections.All);

        Assert.Equal("CN=engine", proxy.LastClient);
    }

    [Fact]
    public async Task Open_SrvNameThatDoesNotExist_SaysSoWithoutThePassword()
    {
        _ = peer.NewDatabase();   // skips where there is no driver either
        await RefusedAsync($"mongodb+srv://user:{Password}@cluster.invalid/record?serverSelectionTimeoutMS=2000");
    }

    [Theory]
    [InlineData("mongodb+srv://user:pw@cluster0.example.net/record?retryWrites=true&w=majority")]
    [InlineData("mongodb://a:27017,b:27018,c:27019/record?replicaSet=rs0&readPreference=secondaryPreferred")]
    [InlineData("mongodb://CN%3Dengine@db1/record?authMechanism=MONGODB-X509&tls=true&tlsCertificateKeyFile=/etc/engine.pem&authSource=$external")]
    [InlineData("mongodb://user:p%40ss@db1/record?authMechanism=SCRAM-SHA-256&authSource=admin")]
    public void ProblemOf_WhatMongoDbDocuments_IsNone(string uri)
    {
        _ = peer.NewDatabase();
        Assert.Null(MongocConnector.ProblemOf(uri));
    }

    private static async Task RefusedAsync(string uri)
    {
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => MongoStores.OpenAsync(uri, ContractCollections.All));

        Assert.Contains("Storage:MongoDb:ConnectionString", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, refused.ToString(), StringComparison.Ordinal);
    }

    /// <param name="uri">Names the proxy alone: the members that the server tells of speak no TLS.</param>
    private TlsProxy Proxy(bool asksForClients, out string uri)
    {
        var server = new Uri(peer.NewDatabase());
        Assert.SkipUnless(peer.IsOurs, "A server of one's own has its own TLS.");
        var proxy = new TlsProxy(server.Host, server.Port, _certificates.Issue("db", Year), asksForClients);
        uri = string.Create(CultureInfo.InvariantCulture, $"mongodb://127.0.0.1:{proxy.Start()}{server.AbsolutePath}?directConnection=true");
        return proxy;
    }
}
