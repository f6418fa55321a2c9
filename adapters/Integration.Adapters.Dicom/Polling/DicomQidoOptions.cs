using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Settings of one <c>Dicom.Qido</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record DicomQidoOptions : StudyPollOptions
{
    private DicomQidoOptions(StudyPollOptions common)
        : base(common)
    {
    }

    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. CommonKeys, "BaseUrl", "PageSize", "Metadata", "AnswerTimeout", "User", "Password", "Token", .. TlsSettings.ConnectKeys];

    /// <summary>Base address of the archive's DICOMweb, to which <c>/studies</c> is added. Required.</summary>
    public Uri BaseUrl { get; init; } = new("http://localhost/");

    /// <summary>Answers asked for at once (<c>limit</c>), default 200, 1 to 10,000; archives may give fewer.</summary>
    public int PageSize { get; init; } = 200;

    /// <summary>
    /// Whether the metadata of one instance of each series is fetched too (WADO-RS), default no: it tells what the archive leaves out of the answers to searches,
    /// such as procedure codes, and costs two requests a series.
    /// </summary>
    public bool Metadata { get; init; }

    /// <summary>When no answer comes for so long, the round is given up: default 1 minute, 1 second to 1 hour.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Name for Basic authentication (RFC 7617); empty: none.</summary>
    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>Bearer token; empty: none.</summary>
    public string Token { get; init; } = "";

    /// <summary>Null: no certificate of ours, and the authorities of the operating system.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomQidoOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {DicomQidoAdapterFactory.AdapterName} feed", Keys);
        var defaults = new DicomQidoOptions(new StudyPollOptions());
        if (!settings.Has("BaseUrl"))
        {
            settings.Report("BaseUrl", "It does not say whom to ask.", "Set it to the archive's DICOMweb address, e.g. https://pacs.hospital.local/dicom-web.");
        }

        var options = new DicomQidoOptions(ReadCommon(settings))
        {
            BaseUrl = settings.WebAddress("BaseUrl", "https://pacs.hospital.local/dicom-web") ?? defaults.BaseUrl,
            PageSize = settings.Number("PageSize", 1, 10_000, defaults.PageSize),
            Metadata = settings.Flag("Metadata", defaults.Metadata),
            AnswerTimeout = settings.Time("AnswerTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), defaults.AnswerTimeout),
            User = settings.Text("User") ?? "",
            Password = settings.Text("Password") ?? "",
            Token = settings.Text("Token") ?? "",
            Tls = TlsSettings.ReadForConnecting(settings),
        };
        if (options.User.Length > 0 && options.Token.Length > 0)
        {
            settings.Report("Token", "There is a User too.", "Set one of them, as the archive's operator says.");
        }

        return options;
    }
}
