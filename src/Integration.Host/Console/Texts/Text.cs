using System.Globalization;

namespace Integration.Host.Console.Texts;

/// <summary>
/// One text of the console in both languages; shown in the language of the request (<see cref="CultureInfo.CurrentUICulture"/>).
/// </summary>
/// <remarks>Both stand in one line of code, so that neither can be forgotten and a name that nobody defined does not compile.</remarks>
/// <param name="En">English; <c>{0}</c> … are the arguments of <see cref="With"/>.</param>
/// <param name="Zh">Simplified Chinese with the same placeholders.</param>
public sealed record Text(string En, string Zh)
{
    /// <summary>Whether the request is answered in Chinese.</summary>
    public static bool InChinese => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh";

    public static implicit operator string(Text text) => text.ToString();

    /// <summary>The text with its placeholders filled; numbers and dates must already be strings.</summary>
    public string With(params object?[] arguments) => string.Format(CultureInfo.InvariantCulture, ToString(), arguments);

    public override string ToString() => InChinese ? Zh : En;
}
