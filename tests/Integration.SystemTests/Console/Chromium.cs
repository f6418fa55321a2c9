using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Integration.SystemTests.Console;

/// <summary>A headless browser with an empty profile. Everything a page complains about is kept.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string ExecutablePath = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    public static bool IsInstalled => File.Exists(ExecutablePath);

    /// <summary>Errors and warnings of all pages' consoles, uncaught exceptions, failed requests.</summary>
    public ConcurrentQueue<string> Complaints { get; } = [];

    /// <summary>Skips the test where there is no browser; fails it where one must be (CI=true).</summary>
    public static void RequireInstalled()
    {
        const string hint = $"No {ExecutablePath}. As root: apt-get install chromium fonts-noto-cjk";
        Assert.False(!IsInstalled && Environment.GetEnvironmentVariable("CI") == "true", hint);
        Assert.SkipUnless(IsInstalled, hint);
    }

    public static async Task<Chromium> LaunchAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ExecutablePath,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return new Chromium(playwright, browser);
    }

    public async Task<IBrowserContext> OpenAsync(string locale, ColorScheme colors, int width)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = locale,
            ColorScheme = colors,
            ViewportSize = new ViewportSize { Width = width, Height = 768 },
        });
        context.SetDefaultTimeout(10_000);
        context.Page += (_, page) => Listen(page);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private void Listen(IPage page)
    {
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Enqueue($"{page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, error) => Complaints.Enqueue($"{page.Url}: {error}");
        page.RequestFailed += (_, request) =>
        {
            // A live refresh that a click overtakes is aborted by the browser; nothing is wrong then.
            if (request.Failure != "net::ERR_ABORTED")
            {
                Complaints.Enqueue($"{request.Url}: {request.Failure}");
            }
        };
    }
}
