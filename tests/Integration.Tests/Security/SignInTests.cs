using System.Net;
using Integration.Host.Security;
using Integration.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Integration.Tests.Security;

public sealed class SignInTests(SampleHost sample) : IClassFixture<SampleHost>
{
    [Fact]
    public async Task SignIn_WithKey_OpensConsoleAndApiUntilSignOut()
    {
        using var browser = sample.Host.ClientOf(null, new CookieContainer());

        using var signedIn = await PostAsync(browser, "/signin", ("key", ApiHost.Key), ("returnUrl", "/messages?state=failed"));
        using var inside = await browser.GetAsync("/api/v1/feeds");
        using var signedOut = await PostAsync(browser, "/signout");
        using var outside = await browser.GetAsync("/api/v1/feeds");

        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal("/messages?state=failed", signedIn.Headers.Location!.OriginalString);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, inside.StatusCode);
        Assert.Equal("/signin", signedOut.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, outside.StatusCode);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public async Task SignIn_ReturnUrlOfAnotherSite_GoesHomeInstead(string returnUrl)
    {
        using var response = await PostAsync(sample.Host.Anonymous, "/signin", ("key", ApiHost.Key), ("returnUrl", returnUrl));

        Assert.Equal("/", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task SignIn_WrongKey_ComesBackWithTheReasonOrAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        using var browser = host.ClientOf(null, new CookieContainer());
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        using var page = await PostAsync(browser, "/signin", ("key", "nobody-holds-this-key"), ("returnUrl", "/patients"));
        using var program = await PostAsync(host.Anonymous, "/signin", ("key", "nobody-holds-this-key"));

        Assert.Equal("/signin?error=key&returnUrl=%2Fpatients", page.Headers.Location!.OriginalString);
        Assert.False(page.Headers.Contains("Set-Cookie"));
        await program.JsonAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://elsewhere.example")]
    public async Task SignIn_SentByAnotherSitesPage_IsForbidden(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/signin") { Content = Form(("key", ApiHost.Key)) };
        request.Headers.Add(header, value);

        using var response = await sample.Host.Anonymous.SendAsync(request);

        await response.JsonAsync(HttpStatusCode.Forbidden);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Link_UsedOnce_OpensTheConsoleAndIsUsedUp()
    {
        await using var host = await ApiHost.StartAsync();
        var link = host.App.Services.GetRequiredService<ConsoleLink>().Create();
        using var first = host.ClientOf(null, new CookieContainer());
        using var second = host.ClientOf(null, new CookieContainer());
        second.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        using var opened = await first.GetAsync(link);
        using var inside = await first.GetAsync("/api/v1/feeds");
        using var again = await second.GetAsync(link);
        using var outside = await second.GetAsync("/api/v1/feeds");

        Assert.Contains("url=/\"", await opened.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, inside.StatusCode);
        Assert.Equal("/signin?error=link&returnUrl=%2F", again.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, outside.StatusCode);
    }

    [Fact]
    public async Task Session_AfterRestart_IsStillOpen_AndEndsWithItsKey()
    {
        var folder = Directory.CreateTempSubdirectory("integration-session-");
        try
        {
            string cookie;
            await using (var host = await ApiHost.StartAsync(folder.FullName))
            {
                using var response = await PostAsync(host.Anonymous, "/signin", ("key", ApiHost.Key));
                cookie = response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            }

            Assert.Equal(HttpStatusCode.OK, await OpenAsync(folder, ApiHost.Key, cookie));
            Assert.Equal(HttpStatusCode.Unauthorized, await OpenAsync(folder, "another-key-9876543210", cookie));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task CookieKeys_InTheDataFolder_AreForTheOwnerOnlyAndWarnOfNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        var folder = Directory.CreateTempSubdirectory("integration-session-");
        try
        {
            await using var host = await ApiHost.StartAsync(folder.FullName);
            using var response = await PostAsync(host.Anonymous, "/signin", ("key", ApiHost.Key));

            var keys = new DirectoryInfo(Path.Combine(folder.FullName, "cookie-keys"));
            Assert.NotEmpty(keys.GetFiles("*.xml"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, keys.UnixFileMode);
            Assert.DoesNotContain(host.Logs.Lines, line => line.Level >= LogLevel.Warning);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<HttpStatusCode> OpenAsync(DirectoryInfo folder, string key, string cookie)
    {
        await using var host = await ApiHost.StartAsync(folder.FullName, key);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feeds") { Headers = { { "Cookie", cookie } } };
        using var response = await host.Anonymous.SendAsync(request);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, params (string Name, string Value)[] fields) =>
        client.PostAsync(path, Form(fields));

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
