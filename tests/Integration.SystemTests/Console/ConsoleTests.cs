using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.SystemTests.Console;

/// <summary>The console in a real browser against the real process.</summary>
public sealed partial class ConsoleTests(ConsoleFixture console) : IClassFixture<ConsoleFixture>
{
    /// <summary>Set to a folder to keep a picture of every page in both languages and colour schemes.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("CONSOLE_PICTURES");

    private static readonly (string Name, string Path)[] Pages =
    [
        ("feeds", "/"), ("messages", "/messages"), ("messages-none", "/messages?q=nothing-has-this-id"), ("message-done", $"/messages/{ConsoleSeed.DoneMessage}"),
        ("message-failed", $"/messages/{ConsoleSeed.FailedMessage}"), ("message-hex", $"/messages/{ConsoleSeed.DoneMessage}?view=hex"), ("patients", "/patients"),
        ("patient", $"/patients/{ConsoleSeed.FullPatient}"), ("patient-merged", $"/patients/{ConsoleSeed.MergedPatient}"), ("resource", "/resources/Encounter/enc-0-0"),
        ("dead-letters", "/dead-letters"), ("destinations", "/destinations"), ("correction", $"/messages/{ConsoleSeed.FailedMessage}/correction"),
        ("reconciliations", "/reconciliations"), ("reconciliation-new", "/reconciliations/new"),
        ("mappings", "/mappings"), ("mapping-checks", "/mappings/checks"), ("code-tables", "/mappings/tables"), ("code-table", "/mappings/tables/AdministrativeSex"), ("storage", "/storage"),
        ("incidents", "/incidents"), ("follow-ups", "/follow-ups?state=all"), ("follow-ups-none", "/follow-ups?state=lost"), ("follow-up", $"/follow-ups/{ConsoleSeed.ClaimedWork}"), ("follow-up-form", $"/follow-ups/{ConsoleSeed.CalledWork}"),
        ("events", "/events"), ("events-none", "/events?patient=nobody"), ("patient-messages", "/patient-messages"), ("patient-messages-none", "/patient-messages?state=Failed"),
    ];

    [Fact]
    public async Task Walk_FromOneTimeLinkToPatient_ShowsEveryStep()
    {
        await using var context = await console.Browser.OpenAsync("en-US", ColorScheme.Light, 1366);
        var page = await context.NewPageAsync();

        await page.GotoAsync(console.Engine.ConsoleLink!);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Feeds", Exact = true })).ToBeVisibleAsync();
        await Expect(page.Locator("#total-in")).ToHaveTextAsync(Number());

        await page.GetByRole(AriaRole.Link, new() { Name = "Messages", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("H000002");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("table.messages tbody tr td.time a").ClickAsync();
        await Expect(page.Locator("#source")).ToContainTextAsync("李秀英");
        await Expect(page.Locator("[title='PID-3']")).ToContainTextAsync("00260001");
        await Expect(page.Locator("#source .mark-unread").First).ToContainTextAsync("CHN");

        await page.Locator("#replay").ClickAsync();
        await page.Locator("#replay-now").ClickAsync();
        await Expect(page.Locator("#replay-result")).ToContainTextAsync("Replayed");
        await Expect(page.Locator(".facts")).ToContainTextAsync("Runs2");

        await page.GotoAsync($"{Root}/patients?name=wjg");
        await page.GetByRole(AriaRole.Link, new() { Name = "王建国" }).ClickAsync();
        await Expect(page.Locator("#section-results")).ToContainTextAsync("very high");
        await page.Locator("#timeline details").First.Locator("summary").ClickAsync();
        await Expect(page.Locator("#timeline details pre").First).ToContainTextAsync("resourceType");

        var entries = await page.Locator("#timeline details").CountAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Show more" }).ClickAsync();
        await Expect(page.Locator("#timeline details")).Not.ToHaveCountAsync(entries);

        await page.GetByRole(AriaRole.Link, new() { Name = "中文" }).ClickAsync();
        await Expect(page.Locator("#timeline h2")).ToHaveTextAsync("时间轴");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Fact]
    public async Task Mappings_DryRunThenMapACode_ShowsValuesAndRunsTheMessageAgain()
    {
        const string Message = "MSH|^~\\&|HIS|EAST|||20260316080000||ADT^A08|DRY1|P|2.5.1\rPID|1||DRY1^^^HIS||赵^敏||19800203|Q7\rZPD|1||x\r";
        await using var context = await console.Browser.OpenAsync("en-US", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);

        await page.GetByRole(AriaRole.Link, new() { Name = "Mappings", Exact = true }).ClickAsync();
        await page.Locator("#dry-run textarea").FillAsync(Message.Replace('\r', '\n'));
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what it would become" }).ClickAsync();
        await Expect(page.Locator(".dry-run-result")).ToContainTextAsync("It would open a new patient record");
        await Expect(page.Locator(".explained tr", new() { HasText = "Patient.name[0].family" })).ToContainTextAsync("PID-5.1");
        await Expect(page.Locator(".unread-list")).ToContainTextAsync("ZPD-3");
        await KeepPictureAsync(page, "dry-run");

        await SendAsync(System.Text.Encoding.UTF8.GetBytes(Message));

        await console.Engine.DrainAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
        await page.GotoAsync($"{Root}/mappings");
        await page.Locator("#unmapped-codes tr", new() { HasText = "Q7" }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.Locator("#code-count")).ToHaveTextAsync("1");
        await page.Locator("#map-code input[name=Code]").FillAsync("female");
        await KeepPictureAsync(page, "map-code");
        await page.GetByRole(AriaRole.Button, new() { Name = "Map it and run the messages again" }).ClickAsync();
        await Expect(page.Locator("#code-mapped")).ToContainTextAsync("messages to run again: 1");
        for (var tries = 0; (await console.Engine.GetAllAsync("/api/v1/mappings/unmapped-codes?codeMap=AdministrativeSex", CancellationToken.None)).Count > 0; tries++)
        {
            Assert.True(tries < 200, "The code still waits.");
            await Task.Delay(100, CancellationToken.None);
        }

        await page.GotoAsync(page.Url);
        await Expect(page.Locator("#code-count")).ToHaveTextAsync("0");
        await Expect(page.Locator(".facts")).ToContainTextAsync("female");
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Theory]
    [InlineData("en-US", "Show the difference", "Take this table", "Compare, go back", "Go back to number")]
    [InlineData("zh-CN", "查看差异", "采用此表", "比较并回滚", "回滚到第")]
    public async Task CodeTable_ImportThenGoBack_ShowsTheDifferenceBothTimes(string language, string show, string take, string compare, string back)
    {
        await using var context = await console.Browser.OpenAsync(language, ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);
        var code = "T" + language[..2];

        await page.GotoAsync($"{Root}/mappings");
        await page.Locator("#code-tables-link").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "MaritalStatus", Exact = true }).First.ClickAsync();
        var exported = await console.Engine.Api.GetStringAsync("/api/v1/mappings/code-tables/MaritalStatus", CancellationToken.None);
        await page.Locator("#import-table input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "table.csv",
            MimeType = "text/csv",
            Buffer = System.Text.Encoding.UTF8.GetBytes($"{exported}{code},M,,married,2026-01-01,\r\n"),
        });
        await page.GetByRole(AriaRole.Button, new() { Name = show }).ClickAsync();
        await Expect(page.Locator("#table-diff tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#table-diff tbody")).ToContainTextAsync(code);
        await Expect(page.Locator("#table-diff tbody")).ToContainTextAsync("2026-01-01");
        await KeepPictureAsync(page, "code-table-difference-" + language);
        await page.GetByRole(AriaRole.Button, new() { Name = take }).ClickAsync();
        await Expect(page.Locator("#table-taken")).ToBeVisibleAsync();
        await page.GotoAsync($"{Root}/mappings/tables/MaritalStatus?q={code}");
        await Expect(page.Locator("#table-entries tbody tr")).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Link, new() { Name = compare }).Last.ClickAsync();
        await Expect(page.Locator("#table-diff tbody")).ToContainTextAsync(code);
        await KeepPictureAsync(page, "code-table-back-" + language);
        await page.GetByRole(AriaRole.Button, new() { Name = back }).ClickAsync();
        await Expect(page.Locator("#table-taken")).ToBeVisibleAsync();
        await Expect(page.Locator("#table-deeds tbody tr").First).ToContainTextAsync(language == "zh-CN" ? "回滚" : "rolled back");

        Assert.Equal(exported, await console.Engine.Api.GetStringAsync("/api/v1/mappings/code-tables/MaritalStatus", CancellationToken.None));
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Fact]
    public async Task Feeds_MessageArrives_CountsItWithoutReload()
    {
        await using var context = await console.Browser.OpenAsync("en-US", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);
        var before = await page.Locator("#total-in").TextContentAsync();
        await page.EvaluateAsync("window.notReloaded = true");

        await SendAsync(await File.ReadAllBytesAsync(Path.Combine(RepositoryRoot.Path, "samples/messages/01-adt-a01-utf8.hl7")));

        await Expect(page.Locator("#total-in")).Not.ToHaveTextAsync(before!);
        Assert.True(await page.EvaluateAsync<bool>("window.notReloaded"));
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Fact]
    public async Task SignIn_WrongThenRightKey_OpensThePageAskedFor()
    {
        await using var context = await console.Browser.OpenAsync("zh-CN", ColorScheme.Light, 1366);
        var page = await context.NewPageAsync();

        await page.GotoAsync($"{Root}/patients?name=wjg");
        await page.GetByLabel("API 密钥").FillAsync("not-a-key-of-this-engine");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("密钥无效");

        await page.GetByLabel("API 密钥").FillAsync(EngineProcess.ApiKey);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "王建国" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "退出" }).ClickAsync();
        await Expect(page.GetByLabel("API 密钥")).ToBeVisibleAsync();
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Theory]
    [InlineData("/no/such/page", "There is nothing at this address")]
    [InlineData("/messages/nobody", "No message has this id")]
    [InlineData("/patients/nobody", "No patient has this id")]
    [InlineData("/resources/Patient/nobody", "No resource has this id")]
    public async Task UnknownAddress_IsNotFoundAndSaysSo(string path, string expected)
    {
        await using var context = await console.Browser.OpenAsync("en-US", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);

        var answer = await context.APIRequest.GetAsync(Root + path, new() { Headers = new Dictionary<string, string> { ["Accept"] = "text/html" } });

        Assert.Equal(404, answer.Status);
        Assert.Contains(expected, await answer.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_StalePageToken_BeginsAgain()
    {
        await using var context = await console.Browser.OpenAsync("en-US", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);

        await page.GotoAsync($"{Root}/messages?state=Failed&after=not-a-token");

        await Expect(page).ToHaveURLAsync($"{Root}/messages?state=Failed");
    }

    [Fact]
    public async Task Correction_OfAFailedMessage_RunsInItsPlace()
    {
        await using var context = await console.Browser.OpenAsync("en-US", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);
        await SendAsync("MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A08|CORR1|P|2.5.1|||||CHN|UNICODE UTF-8\rEVN|A08|20260301080000\rPID|1||||更^正\r"u8.ToArray());

        await console.Engine.DrainAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        await page.GotoAsync($"{Root}/messages?q=CORR1");
        await page.Locator("table.messages tbody tr td.time a").ClickAsync();
        await page.Locator("#correct").ClickAsync();
        var text = page.Locator("#correction textarea");
        var shown = await text.InputValueAsync();
        await text.FillAsync(shown.Replace("PID|1||||", "PID|1||\uFFFD^^^HIS||", StringComparison.Ordinal));
        await page.Locator("#correction input[name=Reason]").FillAsync("PID-3 was empty");
        await page.Locator("#correct-now").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("PID-3");

        await text.FillAsync(shown.Replace("PID|1||||", "PID|1||77001^^^HIS||", StringComparison.Ordinal));
        await page.Locator("#correct-now").ClickAsync();

        await Expect(page.Locator("#patient")).ToContainTextAsync("更正");
        await Expect(page.Locator(".heading .state").First).ToHaveTextAsync("done");
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Theory]
    [InlineData("zh-CN", "zh", "0 个通过，0 个失败")]
    [InlineData("en-US", "en", "0 passed, 0 failed")]
    public async Task MappingChecks_TestAndCoverage_AnswerOnThePage(string locale, string picture, string outcome)
    {
        await using var context = await console.Browser.OpenAsync(locale, ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);
        await page.GotoAsync($"{Root}/mappings");
        await page.Locator("#mapping-checks-link").ClickAsync();
        await Expect(page.Locator("#mapping-check code")).ToHaveTextAsync((string)(await console.Engine.GetJsonAsync("/api/v1/mappings", CancellationToken.None))["version"]!);

        await page.Locator("#mapping-tests button").ClickAsync();
        await Expect(page.Locator("#test-outcome")).ToContainTextAsync(outcome);
        await page.Locator("#mapping-coverage select").SelectOptionAsync("his");
        await page.Locator("#mapping-coverage button").ClickAsync();

        await Expect(page.Locator("#coverage-rules")).ToContainTextAsync("Patient.birthDate");
        await KeepPictureAsync(page, $"mapping-checks-{picture}");
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Theory]
    [InlineData("zh-CN", "zh")]
    [InlineData("en-US", "en")]
    public async Task Value_OfTheRecord_LeadsToItsPlaceInTheMessage(string locale, string picture)
    {
        await using var context = await console.Browser.OpenAsync(locale, ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);
        await SendAsync(System.Text.Encoding.UTF8.GetBytes(
            $"MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A04|ORIGIN{picture}|P|2.5.1||||||UNICODE UTF-8\rEVN|A04|20260301080000\rPID|1||ORIGIN{picture}^^^HIS||来源^测试||19800101|2|||人民路 1 号^^成都||13912345678\r"));
        await console.Engine.DrainAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        var patients = await console.Engine.GetJsonAsync($"/api/v1/patients?identifier={Uri.EscapeDataString($"urn:authority:HIS|ORIGIN{picture}")}", CancellationToken.None);
        var resources = await console.Engine.GetJsonAsync($"/api/v1/patients/{(string)patients["items"]![0]!["id"]!}/resources?type=Patient", CancellationToken.None);
        await page.GotoAsync($"{Root}/resources/{(string)resources["items"]![0]!["reference"]!}");
        await KeepPictureAsync(page, $"origins-{picture}");
        await page.Locator("#origins tr", new() { HasText = "telecom[0].value" }).GetByRole(AriaRole.Link, new() { Name = "PID-13" }).ClickAsync();

        await Expect(page.Locator("#source .mark-asked")).ToHaveTextAsync("13912345678");
        await KeepPictureAsync(page, $"origin-{picture}");
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Fact]
    public async Task Merge_TakenBackOnThePatientsPage_LeavesTwoPatients()
    {
        await using var context = await console.Browser.OpenAsync("zh-CN", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);
        foreach (var (hour, type, number, name, more) in new[] { (8, "A04", "88001", "甲^拆分", ""), (9, "A04", "88002", "乙^拆分", ""), (10, "A40", "88001", "甲^拆分", "MRG|88002^^^HIS\r") })
        {
            await SendAsync(
                System.Text.Encoding.UTF8.GetBytes(
                    $"MSH|^~\\&|HIS|EAST|||20260301{hour:D2}0000||ADT^{type}|SPLIT{hour}|P|2.5.1||||||UNICODE UTF-8\rEVN|{type}|20260301{hour:D2}0000\rPID|1||{number}^^^HIS||{name}\r{more}"));
        }

        await console.Engine.DrainAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        var patients = await console.Engine.GetJsonAsync($"/api/v1/patients?identifier={Uri.EscapeDataString("urn:authority:HIS|88002")}", CancellationToken.None);
        await page.GotoAsync($"{Root}/patients/{(string)patients["items"]![0]!["id"]!}");
        await page.GetByText("English").ClickAsync();
        await page.Locator("#unmerge summary").ClickAsync();
        await KeepPictureAsync(page, "unmerge-en");
        await page.GetByText("中文").ClickAsync();
        await page.Locator("#unmerge summary").ClickAsync();
        await page.Locator("#unmerge label", new() { HasText = "88002" }).ClickAsync();
        await page.Locator("#unmerge input[name=reason]").FillAsync("登记错误");
        await page.Locator("#unmerge input[type=checkbox]").CheckAsync();
        await KeepPictureAsync(page, "unmerge-zh");
        await page.Locator("#unmerge-now").ClickAsync();

        await Expect(page.GetByText("该档案已重新独立。")).ToBeVisibleAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("88002");
        await Expect(page.Locator("main")).Not.ToContainTextAsync("88001");
        await Expect(page.Locator("#unmerge")).ToHaveCountAsync(0);
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Fact]
    public async Task Reconciliation_OfAPastedList_NamesWhatIsMissing()
    {
        await using var context = await console.Browser.OpenAsync("zh-CN", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);

        await page.GetByRole(AriaRole.Link, new() { Name = "对账", Exact = true }).ClickAsync();
        await page.Locator("#compare").ClickAsync();
        await page.Locator("#reconcile textarea").FillAsync("key,amount\nNOBODY-1,abc\n");
        await page.Locator("#compare-now").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("line 2");
        await page.Locator("#reconcile textarea").FillAsync("key\nNOBODY-1\nNOBODY-2\n");
        await page.Locator("#compare-now").ClickAsync();

        await Expect(page.Locator(".keys").First).ToContainTextAsync("NOBODY-1 NOBODY-2");
        if (Pictures is not null)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, "reconciliation-zh.png"), FullPage = true });
        }

        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Fact]
    public async Task Incident_FromTheCornerOfThePage_IsAcknowledgedAndMutedWithReason()
    {
        await using var context = await console.Browser.OpenAsync("zh-CN", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);

        await Expect(page.Locator(".incident-row").First).ToContainTextAsync("接口静默");
        await Expect(page.Locator("#alarms")).ToContainTextAsync("个告警");
        await page.Locator("#alarms").ClickAsync();
        var row = page.Locator("#incidents tbody tr").Filter(new() { HasText = "feeds/his" });
        await Expect(row).ToContainTextAsync("已 22 分钟没有消息");
        await row.GetByText("静音", new() { Exact = true }).First.ClickAsync();
        await row.Locator("form[action$=mute] input[name=reason]").FillAsync("搬迁机房");
        await KeepPictureAsync(page, "incident-mute-zh");
        await row.Locator("form[action$=mute] button").ClickAsync();
        await Expect(row).ToContainTextAsync("搬迁机房");
        await row.GetByText("确认", new() { Exact = true }).First.ClickAsync();
        await row.Locator("form[action$=acknowledge] input[name=reason]").FillAsync("已联系厂商");
        await row.Locator("form[action$=acknowledge] button").ClickAsync();

        await Expect(row).ToContainTextAsync("tests 已确认：已联系厂商");
        await Expect(row.Locator("form[action$=acknowledge]")).ToHaveCountAsync(0);
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    [Fact]
    public async Task DueWork_FromListToEnd_OffersOnlyWhatItsStateAllows()
    {
        await using var context = await console.Browser.OpenAsync("zh-CN", ColorScheme.Light, 1366);
        var page = await SignedInAsync(context);

        await page.GetByRole(AriaRole.Link, new() { Name = "随访", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "全部", Exact = true }).ClickAsync();
        await page.Locator("#follow-ups tr").Filter(new() { HasText = "王建国" }).GetByText("王建国").ClickAsync();
        await page.Locator("#due-work").GetByText("出院随访").ClickAsync();
        await Expect(page.Locator("#follow-up")).ToContainTextAsync("林思齐");
        await Expect(page.Locator("button[value=reopen]")).ToHaveCountAsync(0);
        await Expect(page.Locator("button[value=release]")).ToHaveCountAsync(0);
        await page.Locator("button[value=claim]").ClickAsync();
        await Expect(page.Locator("#follow-up")).ToContainTextAsync("已领取");
        await AnswerAsync(page);

        await Expect(page.Locator("#follow-up")).ToContainTextAsync("已通知主治医生");
        await Expect(page.Locator("#follow-up-actions button")).ToHaveTextAsync(["添加备注"]);
        for (var i = 0; i < 50 && await page.Locator("#follow-up-answers").CountAsync() == 0; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);   // they come by the journal
            await page.ReloadAsync();
        }

        await Expect(page.Locator("#follow-up-answers")).ToContainTextAsync("38.6 ℃");
        await Expect(page.Locator("#follow-up-answers")).ToContainTextAsync("恢复较慢");
        await Expect(page.Locator("#follow-up-answers")).ToContainTextAsync("风险分");
        await Expect(page.Locator("#follow-up-answers .banner-bad")).ToHaveTextAsync("体温 38.5 ℃ 及以上");
        await KeepPictureAsync(page, "follow-up-answered-zh");
        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    /// <summary>Fills in the form of a follow-up call: a question that depends on another comes and goes; what the server turns down is marked.</summary>
    private static async Task AnswerAsync(IPage page)
    {
        var form = page.Locator("#follow-up-form");
        var temperature = form.Locator("[name='answer.temperature']");
        await Expect(temperature).ToBeHiddenAsync();
        await form.EvaluateAsync("form => form.noValidate = true");
        await form.GetByText("恢复较慢").ClickAsync();
        await form.Locator("button").ClickAsync();
        await Expect(form.GetByRole(AriaRole.Alert).First).ToContainTextAsync("部分回答不符合要求");
        await Expect(form.Locator("[data-question=pain] .wrong")).ToBeVisibleAsync();

        await form.GetByText("恢复较慢").ClickAsync();
        await form.Locator("[name='answer.pain']").FillAsync("3");
        await form.Locator("[data-question=fever]").GetByText("是", new() { Exact = true }).ClickAsync();
        await Expect(temperature).ToBeVisibleAsync();
        await temperature.FillAsync("38.6");
        await form.GetByText("按时服用").ClickAsync();
        await form.Locator("input[name=note]").FillAsync("已通知主治医生");
        await KeepPictureAsync(page, "follow-up-form-zh");
        await form.Locator("button").ClickAsync();
    }

    [Theory]
    [InlineData("en-US", ColorScheme.Light, 1366)]
    [InlineData("zh-CN", ColorScheme.Light, 1366)]
    [InlineData("zh-CN", ColorScheme.Dark, 1366)]
    [InlineData("en-US", ColorScheme.Dark, 1024)]
    public async Task Pages_InEachLanguage_FitTheScreenAndComplainOfNothing(string locale, ColorScheme colors, int width)
    {
        await using var context = await console.Browser.OpenAsync(locale, colors, width);
        var page = await SignedInAsync(context);

        foreach (var (name, path) in Pages)
        {
            await page.GotoAsync(Root + path);
            await Expect(page.Locator("main")).ToContainTextAsync(AnyText());
            await KeepPictureAsync(page, $"{name}-{locale}-{colors}-{width}");
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is wider than {width} px.");
        }

        Assert.Equal("", string.Join('\n', console.Browser.Complaints));
    }

    private string Root => console.Engine.Api.BaseAddress!.ToString().TrimEnd('/');

    private static async Task KeepPictureAsync(IPage page, string name)
    {
        if (Pictures is not null)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true });
        }
    }

    private async Task SendAsync(byte[] message)
    {
        await using var sender = await Adapters.Hl7v2.Mllp.MllpSender.ConnectAsync("127.0.0.1", console.Engine.MllpPort, TimeSpan.FromSeconds(10), CancellationToken.None);
        await sender.SendAsync(message, CancellationToken.None);
    }

    private async Task<IPage> SignedInAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{Root}/signin");
        await page.Locator("input[name=key]").FillAsync(EngineProcess.ApiKey);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#total-in")).ToBeVisibleAsync();
        return page;
    }

    [GeneratedRegex(@"^[\d,]+$")]
    private static partial Regex Number();

    [GeneratedRegex(@"\S")]
    private static partial Regex AnyText();
}
