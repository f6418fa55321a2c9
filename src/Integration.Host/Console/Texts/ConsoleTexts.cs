namespace Integration.Host.Console.Texts;

/// <summary>Every sentence and label of the console. Words for codes (states, sections, statuses) stand in <see cref="Words"/>.</summary>
internal static class ConsoleTexts
{
    // Frame of every page
    public static readonly Text Product = new("Integration engine", "集成引擎");
    public static readonly Text SkipToContent = new("Skip to content", "跳到正文");
    public static readonly Text Feeds = new("Feeds", "接口");
    public static readonly Text Messages = new("Messages", "消息");
    public static readonly Text Patients = new("Patients", "患者");
    public static readonly Text SignOut = new("Sign out", "退出");
    public static readonly Text Language = new("Language", "语言");
    public static readonly Text ConnectionLost = new("The engine does not answer. What you see may be old; trying again …", "引擎无响应，当前内容可能已过时；正在重试……");
    public static readonly Text Older = new("Older", "更早");
    public static readonly Text Newest = new("Back to newest", "回到最新");
    public static readonly Text Search = new("Search", "查询");
    public static readonly Text Clear = new("Clear", "清除");
    public static readonly Text More = new("Show more", "显示更多");
    public static readonly Text Show = new("Show", "筛选");
    public static readonly Text Time = new("Time", "时间");
    public static readonly Text None = new("none", "无");
    public static readonly Text NotKnown = new("unknown", "不详");

    // Trouble
    public static readonly Text PageFailed = new("This page could not be made", "页面无法生成");
    public static readonly Text PageFailedRemedy = new(
        "The engine goes on receiving. Load the page again; if it happens again, look into the engine's log.", "引擎仍在接收消息。请刷新页面；若再次出现，请查看引擎日志。");
    public static readonly Text PageNotFound = new("There is nothing at this address", "此地址没有内容");
    public static readonly Text PageNotFoundRemedy = new("Check it, or start from the feeds.", "请检查地址，或从接口页面开始。");
    public static readonly Text StoreAway = new("The store does not answer", "存储无响应");

    // Time
    public static readonly Text JustNow = new("just now", "刚刚");
    public static readonly Text SecondsAgo = new("{0} s ago", "{0} 秒前");
    public static readonly Text MinutesAgo = new("{0} min ago", "{0} 分钟前");
    public static readonly Text HoursAgo = new("{0} h ago", "{0} 小时前");
    public static readonly Text DaysAgo = new("{0} d ago", "{0} 天前");
    public static readonly Text Ahead = new("ahead", "将来");

    // Feeds
    public static readonly Text FeedsLead = new("In = done + waiting + failed + filtered + duplicate", "接收 = 完成 + 等待 + 失败 + 过滤 + 重复");
    public static readonly Text NotBalanced = new("{0} not accounted for", "{0} 条去向不明");
    public static readonly Text GapsOf = new("{0}: numbers missing", "{0}：缺号");
    public static readonly Text TotalIn = new("in", "接收");
    public static readonly Text Connections = new("Connections", "连接数");
    public static readonly Text LastMessage = new("Last message", "最近消息");
    public static readonly Text NoMessageYet = new("none yet", "尚无");
    public static readonly Text PerSecond = new("Per second", "每秒");
    public static readonly Text LastHalfHour = new("Last 30 minutes", "最近 30 分钟");
    public static readonly Text SparklineLabel = new("{0} messages in the last 30 minutes, at most {1} a minute", "最近 30 分钟共 {0} 条消息，每分钟最多 {1} 条");
    public static readonly Text CertificateExpires = new("Certificate {0} until {1} ({2} days)", "证书 {0} 有效至 {1}（{2} 天）");
    public static readonly Text CertificateExpired = new("Certificate {0} expired on {1}, {2} days ago", "证书 {0} 已于 {1} 过期（{2} 天前）");
    public static readonly Text FeedAt = new("Goes on from {0}", "从 {0} 继续读取");
    public static readonly Text FeedReads = new("Reading: {0} rows", "正在读取：已读 {0} 行");
    public static readonly Text FeedReadsPart = new("Reading: {0} rows, {1} % of this round", "正在读取：已读 {0} 行，本轮 {1}%");
    public static readonly Text FeedFiles = new(
        "Files: {0} waiting, {1} taken, {2} flagged, {3} failed, {4} copies", "文件：{0} 个等待，{1} 个已处理，{2} 个有疑问，{3} 个失败，{4} 个重复");
    public static readonly Text LastFile = new("last {0} ({1})", "最近 {0}（{1}）");
    public static readonly Text OldestWaiting = new("Oldest waiting", "最久等待");
    public static readonly Text NoFeeds = new("No feed is configured", "尚未配置接口");
    public static readonly Text NoFeedsRemedy = new(
        "Add a feed under Feeds in appsettings.json, for example Feeds:his with Adapter Hl7v2.Mllp and Listen 127.0.0.1:2575, then start the engine again.",
        "请在 appsettings.json 的 Feeds 下添加接口，例如 Feeds:his，Adapter 为 Hl7v2.Mllp，Listen 为 127.0.0.1:2575，然后重新启动引擎。");
    public static readonly Text UpdatedAt = new("As of {0}", "截至 {0}");

    // Correction of a failed message
    public static readonly Text Correct = new("Correct", "更正");
    public static readonly Text CorrectTitle = new("Correct a failed message", "更正失败的消息");
    public static readonly Text CorrectAsk = new(
        "The text below runs as a new message. The original is kept as it came, filtered, and never runs again.", "下面的文本将作为新消息处理；原消息原样保留，标记为已过滤，不再处理。");
    public static readonly Text CorrectReason = new("What was wrong (for the audit)", "更正原因（用于审计）");
    public static readonly Text CorrectNow = new("Correct and run", "更正并处理");
    public static readonly Text CorrectNotNow = new("This message cannot be corrected: it has not failed, or was corrected already.", "此消息无法更正：它没有失败，或已更正。");
    public static readonly Text CorrectTooLong = new(
        "The message is too long to be edited here ({0} bytes). Send the corrected bytes to /api/v1/messages/{1}/correction.", "消息太长（{0} 字节），无法在此编辑。请将更正后的内容发送到 /api/v1/messages/{1}/correction。");
    public static readonly Text CorrectionRefused = new("Not taken: {0}", "未接受：{0}");
    public static readonly Text CorrectNoReason = new("Say what was wrong.", "请填写更正原因。");

    // Reconciliation
    public static readonly Text Reconciliations = new("Reconciliation", "对账");
    public static readonly Text ReconcileLead = new(
        "Compares a source's own list of a day with the record: counts, sums, and the numbers that differ.", "将来源系统某日的清单与档案核对：数量、金额及不一致的号码。");
    public static readonly Text Reconcile = new("Compare", "核对");
    public static readonly Text CompareList = new("Compare a list", "核对清单");
    public static readonly Text SectionLabel = new("What is listed", "清单内容");
    public static readonly Text DayLabel = new("Day", "日期");
    public static readonly Text ListLabel = new("List: one number a line, behind a comma its amount if it has one", "清单：每行一个号码，如有金额以逗号分隔");
    public static readonly Text ListFile = new("or a file (CSV)", "或选择文件（CSV）");
    public static readonly Text ListRefused = new("The list cannot be read: {0}", "清单无法读取：{0}");
    public static readonly Text DayMissing = new("Choose a day.", "请选择日期。");
    public static readonly Text ListEmpty = new("Paste a list or choose a file.", "请粘贴清单或选择文件。");
    public static readonly Text NoReconciliations = new("Nothing has been compared yet", "尚未核对");
    public static readonly Text NoReconciliationsRemedy = new(
        "Compare the day's list of a source, or let the source send it to /api/v1/reconciliations every night.", "请核对来源系统的当日清单，或由来源系统每晚发送到 /api/v1/reconciliations。");
    public static readonly Text ReconciliationNotFound = new("No comparison has this id", "没有此编号的核对");
    public static readonly Text ReconciliationNotFoundRemedy = new("Choose one from the list.", "请从列表中选择。");
    public static readonly Text Period = new("Period", "时段");
    public static readonly Text SourceHas = new("Source", "来源");
    public static readonly Text RecordHas = new("Record", "档案");
    public static readonly Text Sum = new("Sum", "金额合计");
    public static readonly Text MissingKeys = new("Missing in the record", "档案缺少");
    public static readonly Text ExtraKeys = new("Not in the list", "清单没有");
    public static readonly Text CancelledKeys = new("Cancelled in the record", "档案已取消");
    public static readonly Text OtherDayKeys = new("Another day in the record", "档案在其他日期");
    public static readonly Text AmountKeys = new("Amount differs", "金额不符");
    public static readonly Text Outcome = new("Outcome", "结果");
    public static readonly Text Agrees = new("agrees", "一致");
    public static readonly Text Differs = new("{0} differ", "{0} 处不一致");
    public static readonly Text ListedFirst = new("The first {0} of {1}", "共 {1} 个，显示前 {0} 个");
    public static readonly Text ComparedBy = new("Compared by", "核对人");

    // Destinations
    public static readonly Text Destinations = new("Destinations", "目标系统");
    public static readonly Text Destination = new("Destination", "目标系统");
    public static readonly Text Circuit = new("Circuit", "链路");
    public static readonly Text LastDelivered = new("Last delivered", "最近送达");
    public static readonly Text LastError = new("Last error", "最近错误");
    public static readonly Text Repeats = new("Repeats", "重发");
    public static readonly Text NoDestinations = new("No destination is configured", "尚未配置目标系统");
    public static readonly Text NoDestinationsRemedy = new(
        "Add one under Destinations in appsettings.json, with Adapter Hl7v2.Mllp, Connect and Messages, then start the engine again.",
        "请在 appsettings.json 的 Destinations 下添加，填写 Adapter（Hl7v2.Mllp）、Connect 与 Messages，然后重新启动引擎。");
    public static readonly Text Deliveries = new("Deliveries", "投递");
    public static readonly Text NoDeliveries = new("No delivery of this kind", "没有此类投递");
    public static readonly Text Sandbox = new("sandbox: captured, not sent", "沙箱：仅截留，不外发");
    public static readonly Text NoDeliveriesRemedy = new("Choose another state, or wait for a change of the record.", "请选择其他状态，或等待记录变更。");
    public static readonly Text Due = new("Due, or came to rest", "到期或结束时间");
    public static readonly Text Attempts = new("Attempts", "次数");
    public static readonly Text RetryAllFailed = new("Retry all failed", "全部重试");
    public static readonly Text Retry = new("Retry", "重试");

    // Messages
    public static readonly Text SearchMessages = new("Any id, name, initials, phone tail, visit, order or accession number", "任意编号、姓名或首字母、手机尾号、就诊号、医嘱号或检查号");
    public static readonly Text AnyState = new("Any state", "全部状态");
    public static readonly Text Conflicts = new("control id conflicts", "控制号冲突");
    public static readonly Text AnyFeed = new("Any feed", "全部接口");
    public static readonly Text LastHour = new("Last hour", "最近一小时");
    public static readonly Text LastDay = new("Last day", "最近一天");
    public static readonly Text AnyTime = new("Any time", "全部时间");
    public static readonly Text Received = new("Received", "接收时间");
    public static readonly Text State = new("State", "状态");
    public static readonly Text Feed = new("Feed", "接口");
    public static readonly Text Type = new("Type", "类型");
    public static readonly Text ControlId = new("Control id", "控制号");
    public static readonly Text Patient = new("Patient", "患者");
    public static readonly Text FirstIssue = new("First issue", "首个问题");
    public static readonly Text MoreIssues = new("+{0} more", "另有 {0} 个");
    public static readonly Text NoMessages = new("No message has come in yet", "尚未收到消息");
    public static readonly Text NoMessagesRemedy = new(
        "Send one: dotnet run --project src/Integration.Host -- send FILE --to 127.0.0.1:2575",
        "可发送一条：dotnet run --project src/Integration.Host -- send 文件 --to 127.0.0.1:2575");
    public static readonly Text NoMessagesFound = new("No message fits these filters", "没有符合条件的消息");
    public static readonly Text NoMessagesFoundRemedy = new(
        "Ids and identifiers are compared whole. Widen the time range or clear the filters.", "编号须完整输入。可放宽时间范围或清除条件。");
    public static readonly Text NoType = new("no type", "无类型");

    // Dead letters
    public static readonly Text DeadLetters = new("Dead letters", "失败消息");
    public static readonly Text NoDeadLetters = new("No message has failed", "没有失败的消息");
    public static readonly Text NoDeadLettersRemedy = new("Whatever fails is listed here by cause, until it is retried, corrected or discarded.", "失败的消息会按原因列在此处，直至重试、更正或丢弃。");
    public static readonly Text Cause = new("Cause", "原因");
    public static readonly Text StoppedAt = new("Stopped at", "停止步骤");
    public static readonly Text FirstReceived = new("First", "最早");
    public static readonly Text LastReceived = new("Last", "最近");
    public static readonly Text RetryAll = new("Retry all", "全部重试");
    public static readonly Text Discard = new("Discard …", "丢弃……");
    public static readonly Text DiscardAsk = new(
        "These messages will have no effect. Their bytes are kept, and a replay brings one back. Say why:", "这些消息将不产生任何结果；原始字节会保留，重放可恢复。请说明原因：");
    public static readonly Text DiscardNow = new("Discard", "丢弃");
    public static readonly Text Reason = new("Reason", "原因说明");
    public static readonly Text Operations = new("Retries, discards and replays", "重试、丢弃与重放");
    public static readonly Text Operation = new("Operation", "操作");
    public static readonly Text Actor = new("By", "操作人");
    public static readonly Text Skipped = new("skipped", "跳过");

    // One message
    public static readonly Text Message = new("Message", "消息");
    public static readonly Text MessageId = new("Message id", "消息编号");
    public static readonly Text Sender = new("Sender", "发送方");
    public static readonly Text Size = new("Size", "大小");
    public static readonly Text Bytes = new("{0} bytes", "{0} 字节");
    public static readonly Text Runs = new("Runs", "处理次数");
    public static readonly Text Finished = new("Finished", "完成时间");
    public static readonly Text MappingVersion = new("Mappings", "映射版本");
    public static readonly Text Walk = new("From bytes to record", "从字节到档案");
    public static readonly Text Intake = new("Received", "接收");
    public static readonly Text StageNotReached = new("not reached", "未执行");
    public static readonly Text StageWaits = new("waits", "等待中");
    public static readonly Text StageFailed = new("failed here", "在此失败");
    public static readonly Text Issues = new("Issues", "问题");
    public static readonly Text NoIssues = new("Nothing was wrong with it.", "未发现问题。");
    public static readonly Text WholeMessage = new("whole message", "整条消息");
    public static readonly Text Content = new("Content", "内容");
    public static readonly Text AsText = new("Text", "文本");
    public static readonly Text AsHex = new("Raw bytes", "原始字节");
    public static readonly Text HexCut = new("The first {0} of {1} bytes.", "前 {0} 字节，共 {1} 字节。");
    public static readonly Text TextCut = new("The first {0} of {1} lines.", "前 {0} 行，共 {1} 行。");
    public static readonly Text UnreadFields = new("Not read by any mapping", "未被任何映射读取");
    public static readonly Text UnreadField = new("{0}: no mapping reads it", "{0}：未被映射读取");
    public static readonly Text Changes = new("What it changed", "所作更改");
    public static readonly Text NoChanges = new("It changed nothing in the record.", "未更改任何档案。");
    public static readonly Text DuplicateOf = new("The same message came before:", "此前已收到相同消息：");
    public static readonly Text CorrectedBy = new("An operator put a correction in its place:", "已由操作人员更正为：");
    public static readonly Text CorrectionOf = new("An operator put it in the place of:", "操作人员以此更正：");
    public static readonly Text ProcessingFor = new("processing for {0}, now at: {1}", "已处理 {0}，当前步骤：{1}");
    public static readonly Text SameControlId = new("An earlier message has the same control id and other content:", "此前有控制号相同但内容不同的消息：");
    public static readonly Text Replay = new("Replay …", "重放……");
    public static readonly Text ReplayAsk = new(
        "Run this message again from its raw bytes, with the mappings of now? Replaying twice changes nothing twice.",
        "使用当前映射，从原始字节重新处理该消息？重复重放不会产生重复结果。");
    public static readonly Text ReplayNow = new("Replay", "重放");
    public static readonly Text ReplayAccepted = new("Replay requested at {0}; the message is in the queue.", "已于 {0} 请求重放，消息已进入队列。");
    public static readonly Text ReplayRefused = new(
        "Not replayed: the message is waiting already, or is a duplicate whose first copy is the one to replay.", "未重放：消息已在等待，或为重复消息（请重放首条）。");
    public static readonly Text ReplayDone = new("Replayed: the run below is the new one.", "重放完成，以下为最新一次处理结果。");
    public static readonly Text MessageNotFound = new("No message has this id", "没有该编号的消息");
    public static readonly Text MessageNotFoundRemedy = new("Look for it in the messages, for example by its control id.", "请在消息页面查找，例如按控制号。");
    public static readonly Text NoParser = new("No parser for format {0} is part of this engine; the raw bytes are kept.", "引擎中没有格式 {0} 的解析器；原始字节已保留。");

    // Patients
    public static readonly Text Name = new("Name", "姓名");
    public static readonly Text NameHint = new("张三 or zs", "张三 或 zs");
    public static readonly Text Identifier = new("Identifier", "标识号");
    public static readonly Text IdentifierHint = new("whole number", "完整号码");
    public static readonly Text Phone = new("Phone", "电话");
    public static readonly Text PhoneHint = new("number or last 4", "号码或后四位");
    public static readonly Text Sex = new("Sex", "性别");
    public static readonly Text Age = new("Age", "年龄");
    public static readonly Text BirthDate = new("Born", "出生日期");
    public static readonly Text Identifiers = new("Identifiers", "标识号");
    public static readonly Text LastEvent = new("Last event", "最近事件");
    public static readonly Text NoPatients = new("The record holds no patient yet", "档案中尚无患者");
    public static readonly Text NoPatientsRemedy = new(
        "Patients appear when a feed brings a message that names one (PID-3).", "当接口收到包含患者标识（PID-3）的消息后，患者会出现在这里。");
    public static readonly Text NoPatientsFound = new("No patient fits", "没有符合条件的患者");
    public static readonly Text NoPatientsFoundRemedy = new(
        "Names are compared from their beginning, or by the initials of their pinyin; identifiers and phones whole.", "姓名按开头或拼音首字母匹配；标识号和电话须完整。");
    public static readonly Text Years = new("{0} y", "{0} 岁");
    public static readonly Text Months = new("{0} mo", "{0} 个月");
    public static readonly Text Days = new("{0} d", "{0} 天");

    // One patient
    public static readonly Text NoName = new("No name", "无姓名");
    public static readonly Text Deceased = new("deceased", "已故");
    public static readonly Text OtherNames = new("Also", "其他姓名");
    public static readonly Text Address = new("Address", "地址");
    public static readonly Text MaritalStatus = new("Marital status", "婚姻状况");
    public static readonly Text Unmerge = new("Take a merge back…", "撤销合并…");
    public static readonly Text UnmergeLead = new(
        "Choose the number that is another patient's. What came under it goes back to that patient; a replay does not join the two again, a later merge by the source does.",
        "请选择属于另一位患者的号码。该号码名下的内容将归还该患者；重放消息不会再次合并，来源系统之后的合并则会。");
    public static readonly Text UnmergeReason = new("Why, for the audit", "原因（记入审计）");
    public static readonly Text UnmergeSure = new("I have checked that these are two people", "我已核实这是两位不同的患者");
    public static readonly Text UnmergeNow = new("Make two patients of this one", "拆分为两位患者");
    public static readonly Text UnmergeRefused = new("Nothing was changed: these numbers were never two patients, or were parted already.", "未做更改：这些号码从未属于两位患者，或已被拆分。");
    public static readonly Text Unmerged = new("This record stands on its own again.", "该档案已重新独立。");
    public static readonly Text UnmergedFrom = new("The other patient", "另一位患者");
    public static readonly Text MergedAway = new("This record was merged into another one. Everything it held is there:", "该档案已并入另一份档案，其全部内容见：");
    public static readonly Text NothingIn = new("Nothing yet: {0}", "暂无：{0}");
    public static readonly Text NoAllergies = new("No allergy is recorded. That is not the same as having none.", "未记录过敏信息，不代表没有过敏。");
    public static readonly Text AllInTimeline = new("all {0} in the timeline", "时间轴中查看全部 {0} 条");
    public static readonly Text Timeline = new("Timeline", "时间轴");
    public static readonly Text AllTypes = new("All types", "全部类型");
    public static readonly Text NoTimeline = new("Nothing of this type has happened.", "暂无该类型的事件。");
    public static readonly Text Test = new("Test", "项目");
    public static readonly Text Latest = new("Latest", "最近结果");
    public static readonly Text Trend = new("Trend", "趋势");
    public static readonly Text TrendLabel = new("{0} values, from {1} to {2}", "{0} 个结果，从 {1} 到 {2}");
    public static readonly Text ResultsOf = new("The latest {0} values.", "最近 {0} 个结果。");
    public static readonly Text PatientNotFound = new("No patient has this id", "没有该编号的患者");
    public static readonly Text PatientNotFoundRemedy = new("Look for the person by name or identifier.", "请按姓名或标识号查找。");
    public static readonly Text PatientMessages = new("Messages of this patient", "该患者的消息");

    // Checks, tests and coverage of mappings
    public static readonly Text MappingChecks = new("Check and test", "检查与测试");
    public static readonly Text FilesNow = new("The files now", "当前文件");
    public static readonly Text FilesValid = new("The files are valid. They are version", "文件有效，版本为");
    public static readonly Text FilesInvalid = new("{0} problems. What is in use stays in use until they are mended.", "{0} 个问题。修正之前继续使用现有映射。");
    public static readonly Text FileUnreadable = new("A file cannot be read now.", "文件暂时无法读取。");
    public static readonly Text SiteTests = new("Your own tests", "本院测试");
    public static readonly Text SiteTestsLead = new(
        "Messages in mappings/sites/FEED/tests/NAME.hl7 and what they become in NAME.json. The command line writes the latter: mappings test --accept.",
        "消息放在 mappings/sites/接口/tests/名称.hl7，期望结果放在同名 .json 中；期望结果由命令行生成：mappings test --accept。");
    public static readonly Text RunTests = new("Run the tests", "运行测试");
    public static readonly Text TestOutcome = new("{0} passed, {1} failed", "{0} 个通过，{1} 个失败");
    public static readonly Text RulesRun = new("{0} of {1} rules wrote something ({2} %)", "{1} 条规则中有 {0} 条产生了值（{2} %）");
    public static readonly Text TestFile = new("Test", "测试");
    public static readonly Text Expected = new("Expected", "期望");
    public static readonly Text Actual = new("Is", "实际");
    public static readonly Text UntestedRules = new("Your own rules that no test runs", "没有测试覆盖的本院规则");
    public static readonly Text Coverage = new("Coverage", "覆盖率");
    public static readonly Text CoverageLead = new(
        "Maps the newest {0} messages of a feed again and counts which rules write something and which fields nobody reads. Nothing is written.",
        "用现有映射重新映射某接口最近的 {0} 条消息，统计哪些规则产生了值、哪些字段未被读取。不写入任何数据。");
    public static readonly Text RulesThatWrote = new("Rules that wrote something", "产生了值的规则");
    public static readonly Text Measure = new("Measure", "统计");
    public static readonly Text CoverageOutcome = new("{0} messages, {1} of them would be refused", "{0} 条消息，其中 {1} 条会被拒绝");

    // One resource
    public static readonly Text CameFrom = new("Came from", "来源");
    public static readonly Text Rule = new("Rule", "规则");
    public static readonly Text Source = new("Place", "位置");
    public static readonly Text EventTime = new("Event time", "事件时间");
    public static readonly Text Version = new("Version", "版本");
    public static readonly Text LastUpdated = new("Stored", "存储时间");
    public static readonly Text EarlierVersions = new("{0} earlier versions", "{0} 个早期版本");
    public static readonly Text OpenViewer = new("Pictures", "看片");
    public static readonly Text Origins = new("Where each value is from", "每个值的来源");
    public static readonly Text PlaceInMessage = new("In the message", "消息中的位置");
    public static readonly Text ResourceNotFound = new("No resource has this id", "没有该编号的资源");
    public static readonly Text ResourceNotFoundRemedy = new("It may have moved when two records were merged.", "合并档案时它可能已移动。");
    public static readonly Text OpenResource = new("Open as a page", "单独打开");

    // Sign in
    public static readonly Text SignIn = new("Sign in", "登录");
    public static readonly Text Key = new("API key", "API 密钥");
    public static readonly Text SignInHint = new(
        "The engine prints a one-time link and, at its first start, a key. Keys are set by Security:ApiKeys:NAME.",
        "引擎启动时会打印一次性登录链接，首次启动时还会打印密钥。密钥由 Security:ApiKeys:名称 设置。");
    public static readonly Text SignInRefused = new("This key is not known. Check that it was copied whole.", "密钥无效，请确认已完整复制。");
    public static readonly Text SignInWait = new("Too many wrong keys from this address. Wait a minute, then try again.", "该地址输错密钥次数过多，请一分钟后再试。");
    public static readonly Text LinkRefused = new("This link was used before or is too old. Sign in with a key, or restart the engine for a new link.",
        "该链接已使用或已过期。请使用密钥登录，或重新启动引擎以获取新链接。");

    // Mappings
    public static readonly Text Mappings = new("Mappings", "映射");
    public static readonly Text MappingsRefused = new("Changed mapping files are not used; the mappings before stay in use", "已修改的映射文件未被采用，仍使用之前的映射");
    public static readonly Text MappingNumber = new("Number", "编号");
    public static readonly Text InUseSince = new("In use since", "启用时间");
    public static readonly Text MappingFiles = new("Files", "文件数");
    public static readonly Text SiteMappings = new("Mappings of {0}", "{0} 的映射");
    public static readonly Text DryRun = new("Dry run", "试运行");
    public static readonly Text DryRunNow = new("Show what it would become", "查看转换结果");
    public static readonly Text PasteMessage = new("Paste a message, beginning with MSH", "粘贴以 MSH 开头的消息");
    public static readonly Text OrFile = new("or a file", "或选择文件");
    public static readonly Text DryRunNothing = new("Paste or choose 1 to {0} HL7 v2 messages or FHIR resources and choose a feed.", "请粘贴或选择 1 至 {0} 条 HL7 v2 消息或 FHIR 资源，并选择接口。");
    public static readonly Text WouldBeRefused = new("This message would go to quarantine and change nothing", "此消息将进入隔离区，不作任何更改");
    public static readonly Text WouldBeReferenceData = new("Reference data: it belongs to no patient", "基础数据：不属于任何患者");
    public static readonly Text WouldChange = new("It would go into this record:", "将写入此患者档案：");
    public static readonly Text WouldBeNewPatient = new("It would open a new patient record", "将新建患者档案");
    public static readonly Text WouldChangeValues = new("What it would change", "将更改的内容");
    public static readonly Text Element = new("Element", "元素");
    public static readonly Text Before = new("Before", "之前");
    public static readonly Text After = new("After", "之后");
    public static readonly Text Value = new("Value", "值");
    public static readonly Text ReadFrom = new("Read from", "来源位置");
    public static readonly Text Cleared = new("cleared", "清除");
    public static readonly Text UnmappedCodes = new("Codes that no code map lists", "未映射代码");
    public static readonly Text NoUnmappedCodes = new("Every code that was sent is mapped.", "所有收到的代码均已映射。");
    public static readonly Text CodeMap = new("Code map", "代码表");
    public static readonly Text Code = new("Code", "代码");
    public static readonly Text Place = new("Place", "位置");
    public static readonly Text MapCode = new("Map", "映射");
    public static readonly Text MapCodeNow = new("Map it and run the messages again", "映射并重新运行相关消息");
    public static readonly Text MapCodeLead = new("Written to {0}, put in use at once; the messages that waited for it run again.", "写入 {0} 并立即启用；等待该代码的消息将重新运行。");
    public static readonly Text TargetCode = new("Target code", "目标代码");
    public static readonly Text TargetDisplay = new("Display", "显示名称");
    public static readonly Text LikeKnown = new("Like", "相似于");
    public static readonly Text MappedTo = new("Mapped to", "已映射为");
    public static readonly Text CodingSystem = new("Coding system", "编码体系");
    public static readonly Text CodeMapped = new("Mapped; mappings number {0} are in use, messages to run again: {1}.", "已映射；启用第 {0} 号映射，重新运行消息 {1} 条。");
    public static readonly Text CodeNotFound = new("No code has this id", "没有此编号的代码");
    public static readonly Text CodeNotFoundRemedy = new("Choose one from the mappings page.", "请从映射页面选择。");
    public static readonly Text CodeTables = new("Code tables", "代码对照表");
    public static readonly Text CodeTablesLead = new(
        "What sources' codes mean. Tables are exported, changed and imported as CSV; every earlier version can be put in use again.",
        "来源代码与标准代码的对照。可导出为 CSV，修改后导入；任何旧版本均可恢复启用。");
    public static readonly Text ProductsOwn = new("product", "产品自带");
    public static readonly Text Entries = new("Entries", "条目");
    public static readonly Text DatedEntries = new("with dates", "含有效期");
    public static readonly Text CodeTableNotFound = new("There is no such code table, or no such version of it", "没有此代码对照表或此版本");
    public static readonly Text TableTaken = new("In use: mappings number {0}.", "已启用：第 {0} 号映射。");
    public static readonly Text TableDiffCounts = new("added {0}, changed {1}, removed {2}, unchanged {3}", "新增 {0}，更改 {1}，删除 {2}，不变 {3}");
    public static readonly Text SourceCode = new("Source code", "来源代码");
    public static readonly Text RowAdded = new("added", "新增");
    public static readonly Text RowChanged = new("changed", "更改");
    public static readonly Text RowRemoved = new("removed", "删除");
    public static readonly Text FirstRowsShown = new("The first {0} rows of each kind are shown.", "每类仅显示前 {0} 行。");
    public static readonly Text TakeTable = new("Take this table", "采用此表");
    public static readonly Text RollBackTo = new("Go back to number {0}", "回滚到第 {0} 号");
    public static readonly Text ImportTable = new("Import", "导入");
    public static readonly Text ImportTableLead = new(
        "A CSV file with the whole table as it shall be: rows that it lacks are removed. What changes is shown first.",
        "请选择完整的 CSV 对照表：表中没有的行将被删除。导入前先显示差异。");
    public static readonly Text ExportTable = new("Export as CSV", "导出 CSV");
    public static readonly Text ShowDifference = new("Show the difference", "查看差异");
    public static readonly Text SearchEntries = new("Code or text", "代码或名称");
    public static readonly Text ValidFrom = new("Valid from", "生效日期");
    public static readonly Text ValidTo = new("Valid to", "失效日期");
    public static readonly Text TableVersions = new("Versions", "历史版本");
    public static readonly Text WouldChangeShort = new("Change", "变更");
    public static readonly Text InUseNow = new("in use", "使用中");
    public static readonly Text CompareAndRollBack = new("Compare, go back", "比较并回滚");
    public static readonly Text Who = new("Who", "操作人");
    public static readonly Text TableDeeds = new("Imports and roll-backs", "导入与回滚记录");
    public static readonly Text Deed = new("Action", "操作");
    public static readonly Text DeedImported = new("imported", "导入");
    public static readonly Text DeedRolledBack = new("rolled back", "回滚");
    public static readonly Text NeverRead = new("Fields that no rule reads", "未读字段");
    public static readonly Text OfNewestMessages = new("of the newest {0} messages", "最近 {0} 条消息");
    public static readonly Text Example = new("Example", "示例");

    // Storage
    public static readonly Text Storage = new("Storage", "存储");
    public static readonly Text StorageLead = new(
        "How much room the data takes, how it grows, and how long messages are kept. Unfinished messages are never removed.",
        "数据占用空间、增长情况以及消息保留期限。未完成的消息从不删除。");
    public static readonly Text FhirIndex = new("FHIR search index", "FHIR 检索索引");
    public static readonly Text FhirIndexComplete = new("complete", "完整");
    public static readonly Text FhirIndexBehind = new("{0} resources behind", "落后 {0} 个资源");
    public static readonly Text FhirIndexRebuilding = new("made anew: {0} resources left", "正在重建，剩余 {0} 个资源");
    public static readonly Text StorageBytes = new("Taken", "已占用");
    public static readonly Text StorageFree = new("of it free inside", "其中可复用");
    public static readonly Text DiskFree = new("Free on the disk", "磁盘剩余");
    public static readonly Text GrowthPerDay = new("Growth a day", "每日增长");
    public static readonly Text DaysLeft = new("Days left", "可用天数");
    public static readonly Text NotYetKnown = new("known after an hour", "一小时后可知");
    public static readonly Text OldestMessage = new("Oldest", "最早消息");
    public static readonly Text KeepFinished = new("Finished are kept", "已完成保留");
    public static readonly Text KeepFailed = new("Failed are kept", "失败保留");
    public static readonly Text Removed = new("Removed", "已删除");
    public static readonly Text CompressedTo = new("Raw bytes compressed", "原文压缩");
    public static readonly Text ForEver = new("for ever", "永久");
    public static readonly Text KeptDays = new("{0} days", "{0} 天");
    public static readonly Text StoredCollections = new("Collections", "数据集合");
    public static readonly Text StoredCollection = new("Collection", "集合");
    public static readonly Text Documents = new("Documents", "文档数");
    public static readonly Text ContentBytes = new("Content, about", "内容约");

    // Incidents
    public static readonly Text Incidents = new("Incidents", "告警");
    public static readonly Text Alarms = new("{0} incidents", "{0} 个告警");
    public static readonly Text NoAlarms = new("No incidents", "无告警");
    public static readonly Text NoIncidents = new("Nothing has gone wrong yet", "尚无告警");
    public static readonly Text NoIncidentsRemedy = new(
        "Silent or disconnected feeds, backlogs, failures, destinations that are away, certificates, disk and memory show up here by themselves.",
        "接口静默或断开、积压、失败、目标不可达、证书、磁盘与内存等问题会自动出现在这里。");
    public static readonly Text IncidentSubject = new("Where", "对象");
    public static readonly Text IncidentWhat = new("What happened, what to do", "情况与处理");
    public static readonly Text IncidentSince = new("Since", "开始");
    public static readonly Text IncidentOver = new("Over", "恢复");
    public static readonly Text IncidentTimes = new("Times", "次数");
    public static readonly Text Escalated = new("escalated", "已升级");
    public static readonly Text Acknowledge = new("Acknowledge", "确认");
    public static readonly Text AcknowledgeAsk = new("You work on it: it is not repeated any more. Say what is done.", "表示已在处理，不再重复提醒。请说明处理情况。");
    public static readonly Text AcknowledgedBy = new("Acknowledged by {0}: {1}", "{0} 已确认：{1}");
    public static readonly Text Mute = new("Mute", "静音");
    public static readonly Text MuteAsk = new("Nothing is told of it, nor if it comes again, for:", "在以下时间内不再通知，再次发生也不通知：");
    public static readonly Text MuteFor = new("Mute for", "静音时长");
    public static readonly Text MutedBy = new("Muted until {0} by {1}: {2}", "静音至 {0}，{1}：{2}");
    public static readonly Text HoursLong = new("{0} h", "{0} 小时");
}
